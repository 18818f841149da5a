import { describe, expect, it } from 'vitest';
import { composeMail } from '../../../../functions/render/mail/mail.ts';
import { parseMailText } from '../../../../functions/render/mail/mail-text.ts';
import { defaultMailText } from '../../../../functions/runtime/default-mail-text.ts';
import { mailCases, mailContext } from '../../../fakes/mails.ts';

const text = parseMailText(defaultMailText);

describe('a mail', () => {
  it.each(Object.entries(mailCases))('is as in the golden files: %s', async (name, one) => {
    const mail = composeMail(text, one.content, { ...mailContext, ...one.context });
    await expect(`Subject: ${mail.subject}\n\n${mail.text}`).toMatchFileSnapshot(
      `golden/${name}.txt`,
    );
    await expect(mail.html).toMatchFileSnapshot(`golden/${name}.html`);
  });
});
