import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EmailAddress } from '../../../../events/outcome.ts';
import { emailOf, parseDomains } from '../../../../functions/domain/notify/email-of.ts';
import type { Tags } from '../../../../functions/domain/rules/user-facts.ts';

const notifyUsers = { tag: 'email', domains: ['example.com', 'Example.org'] };
const enforced = { notifyUsers, mode: 'enforce' } as const;
const local = 'a'.repeat(64);
const label = 'd'.repeat(63);

describe('an address', () => {
  it.each([
    'dana@example.com',
    'dana.o+aws_1-2@mail.example.co.uk',
    "d!#$%&'*+/=?^_`{|}~-@example.com",
    'd@e.io',
    `${local}@example.com`,
    `d@${label}.com`,
    'd@example.xn--p1ai',
    // 254 characters.
    `${local}@${label}.${label}.${'d'.repeat(57)}.com`,
  ])('is taken: %s', (address) => {
    expect(EmailAddress.safeParse(address).data).toBe(address);
  });

  it.each([
    ['nothing', ''],
    ['a name', 'dana'],
    ['no local part', '@example.com'],
    ['a domain of one label', 'dana@localhost'],
    ['an IP address', 'dana@10.0.0.1'],
    ['an address literal', 'dana@[10.0.0.1]'],
    ['a domain that begins with a hyphen', 'dana@-example.com'],
    ['a domain that ends with a hyphen', 'dana@example-.com'],
    ['a top level that ends with a hyphen', 'dana@example.com-'],
    ['a top level that begins with a digit', 'dana@example.1com'],
    ['a top level of one letter', 'dana@example.c'],
    ['a domain with an underscore', 'dana@exam_ple.com'],
    ['two dots', 'dana..o@example.com'],
    ['two dots in the domain', 'dana@example..com'],
    ['a dot at the begin', '.dana@example.com'],
    ['a dot at the end of the local part', 'dana.@example.com'],
    ['a dot at the end', 'dana@example.com.'],
    ['two at signs', 'dana@example.com@example.org'],
    ['two addresses', 'dana@example.com,erin@example.com'],
    ['two addresses with a semicolon', 'dana@example.com;erin@example.com'],
    ['a display name', 'AWS <dana@example.com>'],
    ['angle brackets', '<dana@example.com>'],
    ['a quoted name', '"dana o"@example.com'],
    ['a comment', 'dana(x)@example.com'],
    ['a group', 'all:dana@example.com'],
    ['a backslash', 'da\\na@example.com'],
    ['a space', 'da na@example.com'],
    ['a space at the begin', ' dana@example.com'],
    ['a line break at the end', 'dana@example.com\n'],
    ['a header', 'dana@example.com\r\nBcc: erin@example.com'],
    ['a zero character', 'dana\u0000@example.com'],
    ['a letter that is not ASCII', 'd\u00e4na@example.com'],
    ['a domain that is not ASCII', 'dana@ex\u0430mple.com'],
    ['a local part of 65 characters', `${local}a@example.com`],
    ['a label of 64 characters', `dana@${label}d.com`],
    ['255 characters', `${local}@${label}.${label}.${'d'.repeat(58)}.com`],
    ['a domain of 254 characters', `d@${`${label}.`.repeat(3)}${'d'.repeat(58)}.com`],
  ])('is refused: %s', (_, address) => {
    expect(EmailAddress.safeParse(address).success).toBe(false);
  });
});

describe('where mails about a user go', () => {
  it.each<[string, string, Tags | undefined, string | null]>([
    ['to the address in the tag', 'dana', { email: 'dana@else.example' }, 'dana@else.example'],
    ['whatever the case of the key', 'dana', { EMail: 'dana@else.example' }, 'dana@else.example'],
    ['without spaces around it', 'dana', { email: ' d@else.example ' }, 'd@else.example'],
    ['to the tag before the name', 'd@example.com', { email: 'e@else.example' }, 'e@else.example'],
    ['nowhere with a tag without an address', 'd@example.com', { email: 'none' }, null],
    ['nowhere with an empty tag', 'd@example.com', { email: '' }, null],
    ['nowhere with two addresses', 'dana', { email: 'd@example.com,e@example.com' }, null],
    ['to the name, an address of a domain', 'd@example.com', {}, 'd@example.com'],
    ['whatever the case of its domain', 'd@EXAMPLE.com', {}, 'd@EXAMPLE.com'],
    ['whatever the case of the setting', 'd@example.org', {}, 'd@example.org'],
    ['not to a name of another domain', 'd@else.example', {}, null],
    ['not to a name of a subdomain', 'd@mail.example.com', {}, null],
    ['not to a name of a domain with the same end', 'd@notexample.com', {}, null],
    ['not to a name that is none', 'dana', {}, null],
    ['nowhere where the tags were not read', 'd@example.com', undefined, null],
  ])('%s', (_, user, tags, address) => {
    expect(emailOf(user, tags, enforced)).toBe(address);
  });

  it.each([
    ['with NotifyUsers=no', { notifyUsers: null, mode: 'enforce' } as const],
    ['in observe mode', { notifyUsers, mode: 'observe' } as const],
  ])('nowhere %s', (_, settings) => {
    expect(emailOf('d@example.com', { email: 'd@example.com' }, settings)).toBeNull();
  });

  it('to the tag of the deployment, and to no name without domains', () => {
    const settings = {
      notifyUsers: { tag: 'Mail Address', domains: [] },
      mode: 'enforce',
    } as const;
    const tags = { email: 'd@example.com', 'mail address': 'm@example.com' };
    expect(emailOf('dana', tags, settings)).toBe('m@example.com');
    expect(emailOf('d@example.com', {}, settings)).toBeNull();
  });

  const near = fc.stringMatching(/^[ -~\r\n]{0,12}@[ -~\r\n]{0,12}$/);
  const text = fc.oneof(near, fc.string({ unit: 'binary' }), fc.emailAddress());

  it('is one plain address and nothing else, whatever is in the tag or the name', () => {
    fc.assert(
      fc.property(text, text, fc.boolean(), (user, tag, isTagged) => {
        const address = emailOf(user, isTagged ? { email: tag } : {}, enforced);
        if (address === null) return;
        expect([user, tag.trim()]).toContain(address);
        expect(address).toMatch(/^[\x21-\x7e]+$/);
        expect(address).not.toMatch(/[\s,;:<>()[\]"\\]/);
        expect(address.split('@')).toHaveLength(2);
        expect(address.length).toBeLessThanOrEqual(254);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the domains of the configuration', () => {
  it.each([
    ['', []],
    [' ', []],
    ['example.com', ['example.com']],
    [' example.com , b.example.org ', ['example.com', 'b.example.org']],
  ])('are read of "%s"', (text, domains) => {
    expect(parseDomains(text)).toEqual(domains);
  });

  it.each([
    ['example', 'example'],
    ['@example.com', '@example.com'],
    ['example.com,', ''],
    ['example.com,a b.com', 'a b.com'],
    ['*.example.com', '*.example.com'],
    ['example.1', 'example.1'],
    [`${'d'.repeat(64)}.com`, `${'d'.repeat(64)}.com`],
    [`${`${'d'.repeat(63)}.`.repeat(4)}com`, `${`${'d'.repeat(63)}.`.repeat(4)}com`],
  ])('are refused: %s', (text, domain) => {
    expect(() => parseDomains(text)).toThrow(
      `has "${domain}", which is no domain like example.com`,
    );
  });
});
