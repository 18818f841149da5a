import type { OutcomeOf } from '../../../events/outcome.ts';
import { durationText } from '../report/text.ts';
import { contextBlock, header, message, type SlackMessage, section } from './blocks.ts';
import { buttonsOf } from './buttons.ts';
import { formatAccount, formatDelay, type MessageContext, smallPrint } from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { amountOf, localTime } from './text.ts';

type EventPathProven = OutcomeOf<'event-path-proven'>;

/** Says that IAM events arrive again. */
export const eventPathProven: SlackKind<EventPathProven> = {
  message: compose,
  // A hub that was silent makes one outcome for each account whose event comes late.
  digest: {
    counted: { one: 'event path proven again', many: 'event paths proven again' },
    isOwnAction: false,
    urgency: () => 3,
    title: (outcome) => `🔊 IAM events *arrive again* from ${formatWhich(outcome)}`,
  },
};

const LINES = 10;

function compose(outcome: EventPathProven, context: MessageContext): SlackMessage {
  const { paths, total } = outcome;
  const accountOf = ownName(outcome);
  const lines = paths.slice(0, LINES).map((path) => {
    const whose = accountOf(path);
    const took = durationText(path.latencyMs);
    return `• ${whose}: the last event took ${took}; not proven since ${localTime(path.since)}`;
  });
  const more = total - lines.length;
  return message(`IAM events arrive again from ${formatWhich(outcome)}.`, [
    header('🔊 IAM events arrive again'),
    section(formatDelay(outcome, context)),
    section(...lines, more > 0 ? `• ${amountOf(more, 'more account')}` : ''),
    section(
      '*What to do*  Nothing. The next sweep finds what events have missed since the last one.',
    ),
    ...buttonsOf(outcome, context, null, false),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}

/** An account's name; the hub's own is in the outcome. */
function ownName(outcome: EventPathProven) {
  return (path: EventPathProven['paths'][number]) =>
    formatAccount(path.account === outcome.account ? outcome : path);
}

function formatWhich(outcome: EventPathProven): string {
  const { paths, total } = outcome;
  const [only] = paths;
  return total === 1 && only ? `account ${ownName(outcome)(only)}` : amountOf(total, 'account');
}
