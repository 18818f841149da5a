import { sampleMails } from '../../functions/commands/sample-mails.ts';
import { composeMail, type Mail, type MailContext } from '../../functions/render/mail/mail.ts';
import { parseMailText } from '../../functions/render/mail/mail-text.ts';
import { defaultMailText } from '../../functions/runtime/default-mail-text.ts';

/** What a mail knows, with the default settings. */
export const mailContext: MailContext = {
  user: 'dana',
  account: '111122223333',
  accountLabel: 'acme-prod',
  partition: 'aws',
  enrolWith: 'console',
  unblock: 'on-enrolment',
  helpContact: 'the cloud team',
  from: 'aws-mfa@example.com',
  outcomeId: '3d5a7c1e-0b52-4f0e-9a63-6c9b6f1d2e3f',
};

/** The samples of `preview`, and one of another partition, without what may be missing. */
const cases: typeof sampleMails = {
  ...sampleMails,
  'blocked.govcloud': {
    content: { kind: 'blocked', at: '2026-11-30T03:12:44Z' },
    context: {
      ...mailContext,
      partition: 'aws-us-gov',
      unblock: 'never',
      helpContact: null,
      accountLabel: null,
    },
  },
};

const text = parseMailText(defaultMailText);

/** Mails of every kind, with the default text. @param change what is different in all of them */
export function mailsOfEveryKind(change: Partial<MailContext> = {}): [string, Mail][] {
  return Object.entries(cases).map(([name, { content, context }]) => [
    name,
    composeMail(text, content, { ...context, ...change }),
  ]);
}
