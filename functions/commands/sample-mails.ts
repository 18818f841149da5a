import type { OutcomeKind } from '../../events/outcome.ts';
import type { MailContent, MailContext } from '../render/mail/mail.ts';

/** What a mail about an outcome of a kind knows. */
const about = (kind: OutcomeKind, change: Partial<MailContext> = {}): MailContext => ({
  user: 'dana',
  account: '111122223333',
  accountLabel: 'acme-prod',
  partition: 'aws',
  enrolWith: 'console',
  unblock: 'on-enrolment',
  helpContact: 'the cloud team (#aws-help in Slack, extension 4711)',
  from: 'aws-mfa@example.com',
  outcomeId: `${kind}/111122223333/dana/7f0a2c1e-5c0b-4f7e-9d57-0c8f6a1f2b31`,
  ...change,
});
const at = '2026-11-30T03:12:44Z';
const until = '2026-12-01T14:00:00Z';

/** A mail of each kind with sample data, and what is different about it, by its name. */
export const sampleMails: Readonly<
  Record<string, { readonly content: MailContent; readonly context: MailContext }>
> = {
  blocked: { content: { kind: 'blocked', at }, context: about('user-blocked') },
  'blocked.console-and-keys': {
    content: { kind: 'blocked', at },
    context: about('user-blocked', { enrolWith: 'console-and-keys' }),
  },
  'blocked.unblock-never': {
    content: { kind: 'blocked', at },
    context: about('user-blocked', { unblock: 'never' }),
  },
  unblocked: {
    content: {
      kind: 'unblocked',
      at,
      device: 'arn:aws:iam::111122223333:u2f/user/dana/phone-4XMPLABCDEFGH',
      place: '203.0.113.7',
    },
    context: about('user-unblocked'),
  },
  'unblocked.without-enrolment': {
    content: { kind: 'unblocked', at, device: null, place: null },
    context: about('user-unblocked'),
  },
  'reminder.started': {
    content: { kind: 'reminder', until, stage: 'started' },
    context: about('enrolment-due'),
  },
  'reminder.half-time': {
    content: { kind: 'reminder', until, stage: 'half-time' },
    context: about('enrolment-due'),
  },
  'reminder.last': {
    content: { kind: 'reminder', until, stage: 'last' },
    context: about('enrolment-due'),
  },
  'exemption-ending': {
    content: { kind: 'exemption-ending', until },
    context: about('sweep-finished', { outcomeId: 'sweep-finished/111122223333/0f6d' }),
  },
};
