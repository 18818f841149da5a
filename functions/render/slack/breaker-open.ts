import type { OutcomeOf } from '../../../events/outcome.ts';
import { iamUrl } from '../console-links.ts';
import { countOf } from '../report/text.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { buttonsOf } from './buttons.ts';
import { formatAccount, formatDelay, type MessageContext, smallPrint } from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { names } from './text.ts';

export type BreakerOpen = OutcomeOf<'breaker-open'>;

/**
 * Several outcomes as one. Each batch of a burst names its own users.
 * @param all of one account and mode, at least one, oldest first
 */
export function breakersAsOne(all: readonly BreakerOpen[]): BreakerOpen {
  const latest = all.at(-1) as BreakerOpen;
  const users = [...new Set(all.flatMap((one) => one.users))];
  const unnamed = all.reduce((sum, { total, users }) => sum + total - users.length, 0);
  return { ...latest, users, total: users.length + unnamed };
}

/** IAM's count, and apart from it the enforcer's reservations, which may be too high. */
function blockedNow(counted: number, assumed: number): string {
  const blocked = `${counted} ${counted === 1 ? 'is' : 'are'} blocked`;
  return assumed === 0
    ? blocked
    : `${blocked}, ${assumed} more ${assumed === 1 ? 'is' : 'are'} being blocked`;
}

// About as many as a reader looks at: a burst may have a hundred.
const ROOM_OF_NAMES = 400;

/** Says that the block limit is reached, and which users are not blocked. */
export const breakerOpen: SlackKind<BreakerOpen> = {
  message: compose,
  digest: null,
};

function compose(outcome: BreakerOpen, context: MessageContext): SlackMessage {
  const { counted, assumed, limit, total, users, mode } = outcome;
  const would = mode === 'observe';
  const what = `${countOf(total, 'user')} ${would ? 'would not be' : 'not'} blocked`;
  // Only an account of an organization has a name here, and its spoke may have its own limit.
  const raise =
    outcome.accountName === null
      ? 'raise the limit: `mfa-enforcer deploy --block-limit NUMBER`'
      : 'raise the limit in this account’s OU: `mfa-enforcer organization deploy --ou OU --mode MODE --block-limit NUMBER`';
  const named = names(users, total, ROOM_OF_NAMES);
  const page = { text: 'Open all users', url: iamUrl(context.partition, 'users') };
  return message(
    `Block limit reached in account ${formatAccount(outcome)}: ${what} (${blockedNow(counted, assumed)}, the limit is ${limit}).`,
    [
      header(`${would ? '👁️' : '🚨'} Block limit reached: ${what}`),
      section(formatDelay(outcome, context)),
      fields({
        Account: formatAccount(outcome),
        'Blocked now': blockedNow(counted, assumed),
        'Block limit': String(limit),
        'Unprotected users': named,
      }),
      section(
        '*What to do*',
        '1. Check whether these users really have no MFA device.',
        would
          ? `2. If so, ask them to enrol before you enforce, or ${raise}.`
          : `2. If so, wait until others enrol, or ${raise}.`,
        '3. If not, an answer of IAM or an event is wrong: keep the limit, and inform your AWS administrators.',
      ),
      section(
        would
          ? '*What would happen*  Users beyond the limit would stay unprotected.'
          : '*What happens next*  These users are blocked one by one as room appears: when others enrol, or when the limit is raised.',
        named.endsWith(' more') ? '`mfa-enforcer plan` lists all of them.' : '',
      ),
      ...buttonsOf(outcome, context, page),
      contextBlock(...smallPrint(outcome, context)),
    ],
  );
}
