import { describe, expect, it } from 'vitest';
import { parseMailText } from '../../../../functions/render/mail/mail-text.ts';
import { defaultMailText } from '../../../../functions/runtime/default-mail-text.ts';

/** The default text with one change. */
function changed(from: string | RegExp, to: string): string {
  const text = defaultMailText.replace(from, () => to);
  expect(text).not.toBe(defaultMailText);
  return text;
}

describe('the default text of the mails', () => {
  it('fits a standard parameter of Parameter Store', () => {
    expect(Buffer.byteLength(defaultMailText)).toBeLessThan(4096);
  });
});

const refused = [
  {
    what: 'a text that no parameter takes',
    text: () => `${defaultMailText}${'word '.repeat(1000)}`,
    message: /^The text has \d+ bytes, and Parameter Store takes 8192. Shorten it.$/,
  },
  {
    what: 'a missing section',
    text: () => changed('# steps', '## steps'),
    message: /^There is no section "# steps". Add it/,
  },
];

describe('parseMailText refuses', () => {
  it.each(refused)('$what', ({ text, message }) => {
    expect(() => parseMailText(text())).toThrow(message);
  });
});
