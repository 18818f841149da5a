import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  composeMail,
  type MailContent,
  type MailContext,
} from '../../../../functions/render/mail/mail.ts';
import { parseMailText } from '../../../../functions/render/mail/mail-text.ts';
import { defaultMailText } from '../../../../functions/runtime/default-mail-text.ts';
import { mailContext } from '../../../fakes/mails.ts';

const text = parseMailText(defaultMailText);

const hostile = fc.oneof(
  fc.constantFrom(
    'dana\r\nBcc: everyone@example.com',
    'dana\n\n# blocked\nSubject: x',
    '<a href="https://evil.example">click here</a>',
    '</title><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '&lt;b&gt;&amp;',
    '[click here](https://evil.example)',
    '**bold** `code` ## heading',
    '{user} {help} {steps} {{genuine}}',
    '$& $1 $$',
    '\u202Egnp.exe',
    '\u2028---\u2029',
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

/** What stands for a value in a mail in which no value is hostile. */
const tokens = {
  user: 'TokenUser',
  accountLabel: 'TokenLabel',
  helpContact: 'TokenHelp',
  from: 'TokenFrom',
  outcomeId: 'TokenId',
  place: 'TokenPlace',
  device: 'TokenDevice',
};
type Values = Record<keyof typeof tokens, string>;

function contentsOf({ place, device }: Values): readonly MailContent[] {
  return [
    { kind: 'blocked', at: '2026-11-30T03:12:44Z' },
    { kind: 'unblocked', at: '2026-11-30T03:12:44Z', place, device },
    { kind: 'reminder', until: '2026-12-01T14:00:00Z', stage: 'last' },
    { kind: 'exemption-ending', until: '2026-12-01T14:00:00Z' },
  ];
}

const UNSEEN_HERE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const words = (all: string) =>
  all.split(/ +|\n/).filter((word) => word !== '' && !/^-+$/.test(word));

describe('what is filled into a mail', () => {
  it('is text: no markup, no link, no header, no line (500 hostile values)', () => {
    const some = fc.record({
      user: hostile,
      accountLabel: fc.constantFrom('acme-prod', 'Acme <b>Production</b> & more', '{user}'),
      helpContact: hostile,
      from: hostile,
      outcomeId: hostile,
      place: hostile,
      device: hostile,
    });
    fc.assert(
      fc.property(some, (values: Values) => {
        const around = (all: Values): MailContext => ({ ...mailContext, ...all });
        for (const [index, content] of contentsOf(values).entries()) {
          const mail = composeMail(text, content, around(values));
          const benign = composeMail(
            text,
            contentsOf(tokens)[index] as MailContent,
            around(tokens),
          );
          expect(mail.subject).not.toMatch(UNSEEN_HERE);
          expect(mail.text.replaceAll('\n', '')).not.toMatch(UNSEEN_HERE);
          expect(mail.html.replaceAll('\n', '')).not.toMatch(UNSEEN_HERE);
          // The device's kind follows from its serial number.
          const kind =
            / (hardware token|authenticator app|passkey or security key|device of an unknown kind) /;
          const kindOf = kind.exec(mail.text.replaceAll('\n', ' '))?.[1] ?? 'hardware token';
          const filledIn = (template: string, shown: (value: string) => string) =>
            Object.entries(tokens).reduce(
              (all, [name, token]) => all.split(token).join(shown(values[name as keyof Values])),
              template.replace(/hardware( |\n +)token/, kindOf),
            );
          expect(words(mail.text)).toEqual(words(filledIn(benign.text, named)));
          expect(mail.subject).toBe(filledIn(benign.subject, named));
          expect(mail.html).toBe(filledIn(benign.html, (value) => escaped(named(value))));
        }
      }),
      { numRuns: 500 },
    );
  }, 60_000);

  it.each(['see https://evil.example', 'www.evil.example', 'evil.example', 'help@evil.example'])(
    'is not the name of an account that a mail program would make a link of: %s',
    (accountLabel) => {
      const [content] = contentsOf(tokens);
      const mail = composeMail(text, content as MailContent, { ...mailContext, accountLabel });
      expect(mail.text + mail.html).not.toContain('evil');
      expect(mail.text).toContain('in account 111122223333 is blocked');
    },
  );

  it('is not a command where the name of a user is none of IAM’s', () => {
    const keys = { ...mailContext, enrolWith: 'console-and-keys' as const };
    const [content] = contentsOf(tokens);
    const commandsOf = (user: string) =>
      composeMail(text, content as MailContent, { ...keys, user }).text.match(/^ {4}.*$/gm);
    expect(commandsOf('da=n,a@x.y')?.join(' ')).toContain('--user-name=da=n,a@x.y ');
    expect(commandsOf('$(reboot)')?.join(' ')).toMatch(/--user-name=USER .*mfa\/USER /);
  });
});

function named(value: string): string {
  return value.replaceAll(
    /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu,
    (char) => `[U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
  );
}

function escaped(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
