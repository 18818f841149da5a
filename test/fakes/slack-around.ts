import type { MessageContext } from '../../functions/render/slack/format.ts';

/** The context of messages that are all sent at the same time. */
export const context: MessageContext = {
  partition: 'aws',
  version: '1.2.3',
  exemptTag: { key: 'userType', value: 'Service' },
  enrolWith: 'console',
  unblock: 'on-enrolment',
  runbookUrl: 'https://wiki.acme.example/mfa-runbook',
  now: () => new Date(0),
};
