import type { Around } from '../../functions/render/slack/words.ts';

/** What a message is made in, as if each were told at once. */
export const around: Around = {
  partition: 'aws',
  version: '1.2.3',
  exemptTag: { key: 'userType', value: 'Service' },
  enrolWith: 'console',
  now: () => new Date(0),
};
