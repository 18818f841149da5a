import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseMailText } from '../../../../functions/render/mail/mail-text.ts';
import { defaultMailText } from '../../../../functions/runtime/default-mail-text.ts';

/** The default text with one change. */
function changed(from: string | RegExp, to: string): string {
  const text = defaultMailText.replace(from, () => to);
  expect(text).not.toBe(defaultMailText);
  return text;
}

/** The default text with something more at the end, which is the part "genuine". */
const withMore = (more: string) => `${defaultMailText}\n${more}\n`;
const lastLine = defaultMailText.split('\n').length + 1;
const lineOf = (text: string) => defaultMailText.split('\n').indexOf(text) + 1;

describe('the default text of the mails', () => {
  it('fits a standard parameter of Parameter Store', () => {
    expect(Buffer.byteLength(defaultMailText)).toBeLessThan(4096);
  });

  it('is the file in the sources', () => {
    expect(defaultMailText).toBe(readFileSync('functions/render/mail/mail-text.md', 'utf8'));
  });

  it('contains nothing that Parameter Store refuses', () => {
    expect(defaultMailText).not.toMatch(/\{\{|\}\}/);
  });
});

describe('parseMailText', () => {
  it('reads a text with the line ends and the byte order mark of Windows as any other', () => {
    expect(parseMailText(`\uFEFF${defaultMailText.replaceAll('\n', '\r\n')}`)).toEqual(
      parseMailText(defaultMailText),
    );
  });

  it('reads the language, and ignores other lines before the first section', () => {
    const text = `Our own text, version 3.\n${changed('Language: en', 'Language: pt-BR')}`;
    expect(parseMailText(text)).toEqual({ ...parseMailText(defaultMailText), language: 'pt-BR' });
    expect(parseMailText(changed('Language: en\n', '')).language).toBe('en');
  });

  it('reads paragraphs, headings, lists, bold, code and blocks of code', () => {
    const more = [
      '## About `us`',
      '',
      '* one **two `three`**',
      '',
      '* four\n  five \\* www.example.com https://example.com/x?a=b',
    ].join('\n');
    const plain = { bold: false, code: false };
    expect(parseMailText(withMore(more)).parts.genuine.slice(-2)).toEqual([
      {
        kind: 'heading',
        spans: [
          { ...plain, text: 'About ' },
          { ...plain, text: 'us', code: true },
        ],
      },
      {
        kind: 'list',
        isOrdered: false,
        items: [
          [
            { ...plain, text: 'one ' },
            { ...plain, text: 'two ', bold: true },
            { text: 'three', bold: true, code: true },
          ],
          [
            { ...plain, text: 'four five ' },
            { ...plain, text: '*' },
            { ...plain, text: ' ' },
            { ...plain, text: 'www.example.com' },
            { ...plain, text: ' ' },
            { ...plain, text: 'https://example.com/x?a=b' },
          ],
        ],
      },
    ]);
  });

  it('does not take a comment in a block of code for a section', () => {
    const { parts } = parseMailText(withMore('```\n# a comment\naws login\n```'));
    expect(parts.genuine.at(-1)).toEqual({ kind: 'code', text: '# a comment\naws login' });
  });

  it('lets a reminder have the same subject at every stage', () => {
    const text = changed(/^Subject half-time:.*\n/m, '').replace(/^Subject last:.*\n/m, '');
    expect(Object.keys(parseMailText(text).mails.reminder.subjects)).toEqual(['started']);
  });
});

interface Refusal {
  readonly what: string;
  readonly text: () => string;
  readonly message: string | RegExp;
}

const POSSIBLE =
  'A mail has paragraphs, ## headings, lists, **bold**, `code` and blocks of code between ```.';

const refusals: readonly Refusal[] = [
  {
    what: 'a text that no parameter takes',
    text: () => withMore('word '.repeat(1000)),
    message: /^The text has \d{4} bytes, and Parameter Store takes 8192. Shorten it.$/,
  },
  {
    what: 'an empty text',
    text: () => '',
    message: 'There is no section "# blocked". Add it: docs/mail.md has the default text.',
  },
  {
    what: 'a missing part',
    text: () => changed(/# Unblock: never[^#]*/, ''),
    message: 'There is no section "# Unblock: never". Add it: docs/mail.md has the default text.',
  },
  {
    what: 'a section that does not exist',
    text: () => changed('# unblocked', '# freed'),
    message: `Line ${lineOf('# unblocked')}: there is no mail or part "freed". Use one of: blocked, unblocked, reminder, exemption-ending, steps, genuine, EnrolWith: console, EnrolWith: console-and-keys, Unblock: on-enrolment, Unblock: never; headings in a mail begin with ##.`,
  },
  {
    what: 'a section that is there twice',
    text: () => withMore('# steps\n\n1. Wait.'),
    message: `Line ${lastLine}: "steps" is there twice. Remove one.`,
  },
  {
    what: 'an empty part',
    text: () => changed(/# Unblock: on-enrolment[^#]*/, '# Unblock: on-enrolment\n\n'),
    message: `Line ${lineOf('# Unblock: on-enrolment')}: the part "Unblock: on-enrolment" has no text. Write it.`,
  },
  {
    what: 'a mail without a text',
    text: () => changed(/(?<=Subject: .* is unblocked\n)[^#]*(## What[^#]*)?/, '\n'),
    message: `Line ${lineOf('# unblocked')}: the mail "unblocked" has no text. Write it.`,
  },
  {
    what: 'a mail without a subject',
    text: () =>
      changed(/^Subject: Your AWS user \{user\} is unblocked$/m, 'AWS unblocked your user {user}'),
    message: `Line ${lineOf('# unblocked')}: the mail "unblocked" has no subject. Begin it with a line "Subject: …".`,
  },
  {
    what: 'an empty subject',
    text: () => changed(/^Subject: Your AWS user \{user\} is unblocked$/m, 'Subject:'),
    message: `Line ${lineOf('# unblocked') + 1}: the subject is empty. Write one.`,
  },
  {
    what: 'a long subject',
    text: () =>
      changed(/^Subject: Your AWS user \{user\} is unblocked$/m, `Subject: ${'x'.repeat(121)}`),
    message: `Line ${lineOf('# unblocked') + 1}: the subject has 121 characters. Shorten it to 120.`,
  },
  {
    what: 'a subject for a stage that no mail has',
    text: () => changed('Subject last:', 'Subject first:'),
    message: /^Line \d+: there is no "Subject first" here. Only reminder has "Subject half-time"/,
  },
  {
    what: 'a subject for a stage in another mail than the reminder',
    text: () => changed('# unblocked\n', '# unblocked\nSubject last: AWS\n'),
    message: `Line ${lineOf('# unblocked') + 1}: there is no "Subject last" here. Only reminder has "Subject half-time" and "Subject last".`,
  },
  {
    what: 'an unknown placeholder in a subject',
    text: () => changed('Subject: Your AWS user {user} is unblocked', 'Subject: {users}'),
    message: `Line ${lineOf('# unblocked') + 1}: there is no placeholder {users} here. Use one of: {user}, {account}, {account-id}, {partition}, {console}, {help}, {from}, {id}, {at}, {device}, {place}.`,
  },
  {
    what: 'a placeholder of another mail',
    text: () => changed('- MFA device: {device}', '- MFA device: {device}, until {until}'),
    message: /^Line \d+: there is no placeholder \{until\} here. Use one of: /,
  },
  {
    what: 'a placeholder of one mail in a part of all',
    text: () => withMore('Since {at}'),
    message: `Line ${lastLine}: there is no placeholder {at} here. Use one of: {user}, {account}, {account-id}, {partition}, {console}, {help}, {from}, {id}.`,
  },
  {
    what: 'an unknown placeholder in a block of code',
    text: () => withMore('```\naws iam get-user --user-name {name}\n```'),
    message: new RegExp(`^Line ${lastLine}: there is no placeholder \\{name\\} here`),
  },
  {
    what: 'a part within a line',
    text: () => changed('{steps}\n', 'Then {steps}\n'),
    message: /^Line \d+: \{steps\} must stand alone in a paragraph of a mail. Move it.$/,
  },
  {
    what: 'a part in a part',
    text: () => withMore('{steps}'),
    message: /^Line \d+: there is no placeholder \{steps\} here|must stand alone/,
  },
  {
    what: 'double braces, which Parameter Store refuses',
    text: () => withMore('Your user {{user}}'),
    message: `Line ${lastLine}: braces are for placeholders. Write {user} for the user name.`,
  },
  {
    what: 'HTML',
    text: () => withMore('<b>Now</b>'),
    message: `Line ${lastLine}: HTML is not possible: <b>. Write Markdown.`,
  },
  {
    what: 'a block of HTML',
    text: () => withMore('<div class="warning">\nNow\n</div>'),
    message: `Line ${lastLine}: HTML is not possible: <div class="warning">. Write Markdown.`,
  },
  {
    what: 'HTML in the second line of a paragraph',
    text: () => withMore('Now\nor <img src="https://example.com/pixel.png">'),
    message: `Line ${lastLine + 1}: HTML is not possible: <img src="https://example.com/pixel.png…. Write Markdown.`,
  },
  {
    what: 'a link',
    text: () => withMore('- first\n- [our page](https://example.com/mfa)'),
    message: `Line ${lastLine + 1}: a link is not possible: [our page](https://example.com/mfa). Write the address as \`code\`: people who type it themselves are not deceived.`,
  },
  {
    what: 'an image',
    text: () => withMore('![logo](https://example.com/a-very-long-name-of-a-logo.png)'),
    message: `Line ${lastLine}: image is not possible: ![logo](https://example.com/a-very-long…. ${POSSIBLE}`,
  },
  {
    what: 'a heading of another level',
    text: () => withMore('### Now'),
    message: `Line ${lastLine}: only headings with ## are possible in a mail. Use ##.`,
  },
  {
    what: 'a table',
    text: () => withMore('| a | b |\n|---|---|\n| c | d |'),
    message: `Line ${lastLine}: table is not possible: | a | b |. ${POSSIBLE}`,
  },
  {
    what: 'italics',
    text: () => withMore('Now, *please*'),
    message: `Line ${lastLine}: em is not possible: *please*. ${POSSIBLE}`,
  },
  {
    what: 'a list in a list',
    text: () => withMore('1. one\n   - two'),
    message: `Line ${lastLine}: a list entry is one paragraph. Write the rest below the list.`,
  },
  {
    what: 'a box to tick',
    text: () => withMore('- [ ] enrolled'),
    message: `Line ${lastLine}: a list entry is one paragraph. Write the rest below the list.`,
  },
  {
    what: 'a control character',
    text: () => withMore('Now\u0007'),
    message: `Line ${lastLine}: there is the character U+0007, which is not seen. Remove it, or write spaces.`,
  },
  {
    what: 'a tab',
    text: () => withMore('\tNow'),
    message: `Line ${lastLine}: there is a tab. Remove it, or write spaces.`,
  },
  {
    what: 'a character that turns the direction of text',
    text: () => withMore('Now \u202Egnp.exe'),
    message: `Line ${lastLine}: there is the character U+202E, which is not seen. Remove it, or write spaces.`,
  },
  {
    what: 'a language that is none',
    text: () => changed('Language: en', 'Language: English"'),
    message: 'Line 1: "English"" is no language. Write a tag such as en or pt-BR.',
  },
];

describe('parseMailText refuses', () => {
  it.each(refusals)('$what', ({ text, message }) => {
    expect(() => parseMailText(text())).toThrow(message);
  });

  /** The default text in which one mail names one placeholder nowhere, and its parts neither. */
  const without = (name: string) => defaultMailText.replaceAll(`{${name}}`, 'x');
  const required = [
    { name: 'user', first: 'blocked' },
    { name: 'account', first: 'blocked' },
    { name: 'help', first: 'blocked' },
    { name: 'from', first: 'blocked' },
    { name: 'steps', first: 'blocked' },
    { name: 'genuine', first: 'blocked' },
    { name: 'at', first: 'blocked' },
    { name: 'device', first: 'unblocked' },
    { name: 'place', first: 'unblocked' },
    { name: 'until', first: 'reminder' },
  ];
  it.each(required)('a mail without {$name}', ({ name, first }) => {
    expect(() => parseMailText(without(name))).toThrow(
      new RegExp(
        `^Line ${lineOf(`# ${first}`)}: the mail "${first}" does not contain .*\\{${name}\\}.*\\. Add it\\.$`,
      ),
    );
  });

  it('no mail that names the account by its ID alone', () => {
    expect(() =>
      parseMailText(defaultMailText.replaceAll('{account}', '{account-id}')),
    ).not.toThrow();
  });
});
