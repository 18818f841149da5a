import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mailsOfEveryKind } from '../../../fakes/mails.ts';

describe('a mail', () => {
  it.each(mailsOfEveryKind())('is as in the golden files: %s', async (name, mail) => {
    await expect(`Subject: ${mail.subject}\n\n${mail.text}`).toMatchFileSnapshot(
      `golden/${name}.txt`,
    );
    await expect(mail.html).toMatchFileSnapshot(`golden/${name}.html`);
  });

  it('is shown in docs/mail.md', () => {
    const [, blocked] = mailsOfEveryKind().find(([name]) => name === 'blocked') ?? [];
    const page = readFileSync('docs/mail.md', 'utf8');
    expect(page.match(/```text\n(.*?)```/s)?.[1]).toBe(
      `Subject: ${blocked?.subject}\n\n${blocked?.text}`,
    );
  });

  it.each(mailsOfEveryKind())(
    'has nothing that a reader could follow or load: %s',
    (_, { html }) => {
      expect(html).not.toMatch(
        /<(a|img|link|script|style|iframe|form)\b|\b(href|src|url)\b *[=(]|@import/,
      );
    },
  );
});
