import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Report, State } from '../../../events/report.ts';
import { reportHtml as pageOf } from '../../../functions/render/html/page.ts';
import { script } from '../../../functions/render/html/script.ts';
import { style } from '../../../functions/render/html/style.ts';
import {
  blockedUser,
  exemptUser,
  reportedUser,
  reportOf,
  reportOfEveryKind,
  unprotectedUser,
} from '../../fakes/html-report.ts';

const reportHtml = (report: Report) => pageOf(report, { version: '0.1.0' });

const hostile = [
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</td></tr></table><h1>All clear</h1>',
  '</title><script>alert(1)</script>',
  '<!--',
  ']]>',
  '&lt;b&gt;',
  '$& $1 ${name}',
];

/** Everything in a report that comes from outside, set to one text. */
function reportSaying(text: string): Report {
  const reasons = [
    { code: 'no-mfa', text },
    { code: 'exemption-ended', text },
  ];
  const all = { name: text, arn: text, reasons };
  const report = reportOf([
    unprotectedUser('x', all),
    blockedUser('x', all),
    exemptUser('x', { ...all, hasPassword: true }),
    reportedUser('x', { ...all, devices: [{ serial: text, kind: 'unknown', enrolledAt: null }] }),
  ]);
  // The contract has no such accounts and dates; the page does not rely on it.
  const users = report.users.map((user) => ({ ...user, createdAt: text }));
  return { ...report, users, account: text, alias: text, at: text };
}

/** The tags of a page, without the values that may come from outside. */
function tagsOf(page: string): string[] {
  return [...page.matchAll(/<[^>]*>?/g)].map(([tag]) =>
    tag.replace(/ datetime="[^"<>]*"/, ' datetime').replace(/ href="https:[^"<>]*"/, ' href'),
  );
}

function textOf(page: string): string {
  return page
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ');
}

function elementOf(page: string, name: 'style' | 'script'): string {
  return new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(page)?.[1] ?? '';
}

function attentionOf(page: string): string {
  return /<section class="attention"[\s\S]*?<\/section>/.exec(page)?.[0] ?? '';
}

function titlesOf(page: string): string[] {
  return [...page.matchAll(/<h3[^>]*>([^<]*)<\/h3>/g)].map(([, title]) => title ?? '');
}

function namesInTable(page: string): string[] {
  return [...page.matchAll(/role="rowheader">([^<]*)<\/th>/g)].map(([, name]) => name ?? '');
}

describe('the HTML report', () => {
  it('is as in the golden file', async () => {
    // Golden files of the style and the script would only repeat their source.
    const page = reportHtml(reportOfEveryKind())
      .replace(`<style>${style}</style>`, '<style>…</style>')
      .replace(`<script>${script}</script>`, '<script>…</script>');
    expect(page).toContain('<style>…</style>');
    expect(page).toContain('<script>…</script>');
    await expect(page).toMatchFileSnapshot('golden/report.html');
  });

  it('is the same to the byte for the same report', () => {
    expect(reportHtml(reportOfEveryKind())).toBe(reportHtml(reportOfEveryKind()));
  });

  it('names the account, its alias and when it was read', () => {
    const page = reportHtml(reportOf([]));
    expect(page).toContain('<title>MFA report of example (111122223333), 2026-03-01</title>');
    expect(textOf(page)).toContain('Account111122223333 IAM console');
    expect(textOf(page)).toContain('mfa-enforcer 0.1.0');
    expect(textOf(page)).toContain('Read2026-03-01 12:00 UTC');
  });

  it('is called by the account’s number where there is no alias', () => {
    expect(reportHtml(reportOf([], { alias: null }))).toContain('<h1>111122223333</h1>');
  });

  it('gives every user a row, without a script', () => {
    const page = reportHtml(reportOfEveryKind());
    expect(namesInTable(page).toSorted()).toEqual(
      reportOfEveryKind().users.map(({ name }) => name),
    );
  });

  it('has the users who need attention first, then users without MFA', () => {
    const page = reportHtml(
      reportOf([
        reportedUser('has-mfa'),
        exemptUser('exempt'),
        blockedUser('blocked'),
        exemptUser('exempt-with-password', { hasPassword: true }),
        unprotectedUser('unprotected-1'),
        unprotectedUser('unprotected-2'),
      ]),
    );
    expect(namesInTable(page)).toEqual([
      'unprotected-1',
      'unprotected-2',
      'exempt-with-password',
      'blocked',
      'exempt',
      'has-mfa',
    ]);
  });

  it('shows since when a user exists, and claims nothing more', () => {
    const page = textOf(reportHtml(reportOf([unprotectedUser('dana')])));
    expect(page).toContain('User since: 2024-03-01');
    expect(page).toContain('IAM does not record how long a user has been without MFA.');
    const unknown = reportHtml(reportOf([unprotectedUser('dana', { createdAt: null })]));
    expect(textOf(unknown)).toContain('User since: unknown');
  });

  it('shows that ForceMFA is attached to a user who needs no block', () => {
    const text = 'ForceMFA is attached';
    expect(reportHtml(reportOf([reportedUser('bob', { blocked: true })]))).toContain(text);
    expect(reportHtml(reportOf([blockedUser('bob')]))).not.toContain(text);
  });

  it('stays below 6 MB at 5,000 users', () => {
    const users = Array.from({ length: 5000 }, (_, index) => blockedUser(`person-${index}`));
    expect(Buffer.byteLength(reportHtml(reportOf(users)))).toBeLessThan(6_000_000);
  });
});

describe('the list of what needs attention', () => {
  it('has all findings, the most serious first', () => {
    expect(titlesOf(reportHtml(reportOfEveryKind()))).toEqual([
      'The root user has no MFA device',
      '2 users are unprotected',
      '1 user is beyond the block limit',
      '1 break-glass user has a password and no MFA device',
      '1 exempt user has a password and no MFA device',
      '1 exemption has ended',
      '1 exemption has an invalid end date',
    ]);
  });

  it('says for each finding what to do', () => {
    const attention = attentionOf(reportHtml(reportOfEveryKind()));
    expect(attention.match(/What to do:/g)).toHaveLength(7);
  });

  it('is empty where users are blocked, protected, or exempt without a password', () => {
    const page = reportHtml(reportOf([blockedUser('a'), exemptUser('b'), reportedUser('c')]));
    expect(titlesOf(page)).toEqual([]);
    expect(attentionOf(page)).toContain('Nothing needs attention.');
    expect(textOf(page)).toContain('None of 3 users is unprotected.');
  });

  it('has only the root user in an account without users', () => {
    const page = reportHtml(reportOf([], { rootMfa: false }));
    expect(titlesOf(page)).toEqual(['The root user has no MFA device']);
    expect(textOf(page)).toContain('This account has no IAM users. The root user has no MFA.');
  });

  it('names eight users, and counts the others', () => {
    const users = Array.from({ length: 1010 }, (_, index) => unprotectedUser(`u${index}`));
    const attention = attentionOf(reportHtml(reportOf(users)));
    expect(attention).toContain('>u7<');
    expect(attention).not.toContain('>u8<');
    expect(attention).toContain('and 1,002 more');
  });

  it('links to the rows of the table', () => {
    const page = reportHtml(reportOfEveryKind());
    const links = [...attentionOf(page).matchAll(/href="#([^"]+)">([^<]+)/g)];
    expect(links.length).toBeGreaterThan(5);
    for (const [, id, name] of links) {
      expect(page).toMatch(new RegExp(`<tr role="row" id="${id}"[^>]*><th[^>]*>${name}</th>`));
    }
  });
});

describe('the picture of the totals', () => {
  function widthsOf(page: string): number[] {
    return [...page.matchAll(/class="segment"[^>]*width="([\d.]+)%"/g)].map(([, w]) => Number(w));
  }

  it('is as wide as the shares', () => {
    const users = [unprotectedUser('a'), blockedUser('b'), reportedUser('c'), reportedUser('d')];
    expect(widthsOf(reportHtml(reportOf(users)))).toEqual([25, 25, 50]);
  });

  it('shows one user of 5,000, too', () => {
    const users = Array.from({ length: 4999 }, (_, index) => reportedUser(`u${index}`));
    const page = reportHtml(reportOf([unprotectedUser('dana'), ...users]));
    const [unprotected = 0, others = 0] = widthsOf(page);
    expect(unprotected).toBeGreaterThan(0.5);
    expect(unprotected + others).toBeCloseTo(100);
    expect(textOf(page)).toContain('1 0.1% unprotected');
    expect(textOf(page)).toContain('4,999 99.9% protected');
  });

  it('has it in words', () => {
    expect(reportHtml(reportOfEveryKind())).toContain(
      'Of 11 users: 2 unprotected, 3 blocked, 3 exempt, 1 out of scope, 2 protected.',
    );
  });

  it('is empty without users', () => {
    expect(widthsOf(reportHtml(reportOf([])))).toEqual([]);
  });
});

describe('text from outside', () => {
  const plain = tagsOf(reportHtml(reportSaying('x')));

  it.each(hostile)('is text: %s', (text) => {
    const page = reportHtml(reportSaying(text));
    expect(tagsOf(page)).toEqual(plain);
    if (/[<>"']/.test(text)) expect(page).not.toContain(text);
  });

  it('is text, with any characters', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '/', '!', '-', '=', ' ', 'a') }),
      fc.array(fc.constantFrom(...hostile)).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (one) => {
        expect(tagsOf(reportHtml(reportSaying(one)))).toEqual(plain);
      }),
    );
  });

  it.each([
    ['\u202e', 'turns the direction'],
    ['\u2066', 'isolates'],
    ['\u2028', 'ends a line'],
    ['\u0000', 'is a control character'],
    ['\ud800', 'is half a character'],
  ])('is written as its number where it cannot be seen: %j %s', (char) => {
    const page = reportHtml(reportOf([unprotectedUser('x', { name: `a${char}b` })]));
    const number = char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    expect(namesInTable(page)).toEqual([`a[U+${number}]b`]);
    expect(page).not.toContain(char);
  });
});

describe('the content security policy', () => {
  const page = reportHtml(reportOfEveryKind());
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? '';

  it.each(['style', 'script'] as const)('has the hash of the one %s', (name) => {
    expect(page.match(new RegExp(`<${name}[ >]`, 'g'))).toHaveLength(1);
    const hash = createHash('sha256').update(elementOf(page, name)).digest('base64');
    expect(policy).toContain(`${name}-src 'sha256-${hash}'`);
  });

  it('forbids everything else', () => {
    expect(policy.replace(/'sha256-[^']+'/g, 'HASH').split('; ')).toEqual([
      "default-src 'none'",
      'style-src HASH',
      'script-src HASH',
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  it('comes before everything it governs', () => {
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'));
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<title>'));
  });

  it('is needed for nothing: no style attributes, handlers or addresses', () => {
    const links = / href="https:\/\/console\.aws\.amazon\.com\/iam\/home#[^"]*"/g;
    expect(page.match(links)?.length).toBeGreaterThan(1);
    expect(
      page
        .replace(links, '')
        .match(/<[^>]*>/g)
        ?.join(''),
    ).not.toMatch(/ style=| on[a-z]+=|https?:|src=/);
    expect(elementOf(page, 'style')).not.toMatch(/url\(|@import/);
    expect(elementOf(page, 'script')).not.toMatch(/innerHTML|insertAdjacentHTML|eval|fetch/);
  });
});

it.each(State.options)('the page has words for the state %s', (state) => {
  const page = reportHtml(reportOf([reportedUser('x', { state })]));
  expect(page).toMatch(new RegExp(`<tr[^>]* data-state="${state}"[^>]*>.*<span class="mark">\\w`));
});
