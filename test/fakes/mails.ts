import type { MailContent, MailContext } from '../../functions/render/mail/mail.ts';

/** What a mail knows, with the default settings. */
export const mailContext: MailContext = {
  user: 'dana',
  account: '111122223333',
  accountLabel: 'acme-prod',
  partition: 'aws',
  enrolWith: 'console',
  unblock: 'on-enrolment',
  helpContact: 'the cloud team (#aws-help in Slack, extension 4711)',
  from: 'aws-mfa@example.com',
  outcomeId: '3d5a7c1e-0b52-4f0e-9a63-6c9b6f1d2e3f',
};

interface MailCase {
  readonly content: MailContent;
  readonly context?: Partial<MailContext>;
}

const until = '2026-12-01T14:00:00Z';
const at = '2026-11-30T03:12:44Z';

/** A mail of each kind, and of each setting that makes a difference, by the name of its golden file. */
export const mailCases: Readonly<Record<string, MailCase>> = {
  blocked: { content: { kind: 'blocked', at } },
  'blocked-keys-may-enrol': {
    content: { kind: 'blocked', at },
    context: { enrolWith: 'console-and-keys' },
  },
  'blocked-never-unblocked': { content: { kind: 'blocked', at }, context: { unblock: 'never' } },
  'blocked-in-govcloud': {
    content: { kind: 'blocked', at },
    context: { partition: 'aws-us-gov', unblock: 'never', helpContact: null, accountLabel: null },
  },
  unblocked: {
    content: {
      kind: 'unblocked',
      at,
      device: 'arn:aws:iam::111122223333:u2f/user/dana/phone-4XMPLABCDEFGH',
      place: '203.0.113.7',
    },
  },
  'unblocked-without-enrolment': {
    content: { kind: 'unblocked', at, device: null, place: null },
  },
  'reminder-started': { content: { kind: 'reminder', until, stage: 'started' } },
  'reminder-half-time': { content: { kind: 'reminder', until, stage: 'half-time' } },
  'reminder-last': { content: { kind: 'reminder', until, stage: 'last' } },
  'exemption-ending': { content: { kind: 'exemption-ending', until } },
};
