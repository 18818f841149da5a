import type { MailContent, MailContext } from '../render/mail/mail.ts';

const context: MailContext = {
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
const at = '2026-11-30T03:12:44Z';
const until = '2026-12-01T14:00:00Z';

/** A mail of each kind with sample data, and what is different about it, by its name. */
export const sampleMails: Readonly<
  Record<string, { readonly content: MailContent; readonly context: MailContext }>
> = {
  blocked: { content: { kind: 'blocked', at }, context },
  'blocked.console-and-keys': {
    content: { kind: 'blocked', at },
    context: { ...context, enrolWith: 'console-and-keys' },
  },
  'blocked.unblock-never': {
    content: { kind: 'blocked', at },
    context: { ...context, unblock: 'never' },
  },
  unblocked: {
    content: {
      kind: 'unblocked',
      at,
      device: 'arn:aws:iam::111122223333:u2f/user/dana/phone-4XMPLABCDEFGH',
      place: '203.0.113.7',
    },
    context,
  },
  'unblocked.without-enrolment': {
    content: { kind: 'unblocked', at, device: null, place: null },
    context,
  },
  'reminder.started': { content: { kind: 'reminder', until, stage: 'started' }, context },
  'reminder.half-time': { content: { kind: 'reminder', until, stage: 'half-time' }, context },
  'reminder.last': { content: { kind: 'reminder', until, stage: 'last' }, context },
  'exemption-ending': { content: { kind: 'exemption-ending', until }, context },
};
