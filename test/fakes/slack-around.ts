import type { MessageContext } from '../../functions/render/slack/format.ts';

/** What a message is made in, as if each were told at once. */
export const context: MessageContext = {
  partition: 'aws',
  version: '1.2.3',
  exemptTag: { key: 'userType', value: 'Service' },
  enrolWith: 'console',
  now: () => new Date(0),
};
