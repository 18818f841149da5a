import type { Outcome } from '../../../events/outcome.ts';
import { iamUrl } from '../console-links.ts';
import { countOf } from '../report/text.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { formatAccount, formatDelay, link, type MessageContext, smallPrint } from './format.ts';
import { names } from './text.ts';

export type BreakerOpen = Extract<Outcome, { kind: 'breaker-open' }>;

/**
 * Several outcomes as one: the batches of a burst each name users of their own.
 * @param all of one account and mode, at least one, oldest first
 */
export function breakersAsOne(all: readonly BreakerOpen[]): BreakerOpen {
  const latest = all.at(-1) as BreakerOpen;
  const users = [...new Set(all.flatMap((one) => one.users))];
  const unnamed = all.reduce((sum, { total, users }) => sum + total - users.length, 0);
  return { ...latest, users, total: users.length + unnamed };
}

/** IAM's count and the enforcer's own apart: the second is what may be too high. */
function blockedNow(counted: number, assumed: number): string {
  const blocked = `${counted} ${counted === 1 ? 'is' : 'are'} blocked`;
  return assumed === 0
    ? blocked
    : `${blocked}, ${assumed} more ${assumed === 1 ? 'is' : 'are'} about to be`;
}

/** Tells that too many users would be blocked, and that nobody more is. */
export function breakerOpen(outcome: BreakerOpen, context: MessageContext): SlackMessage {
  const { counted, assumed, limit, total, users, mode } = outcome;
  const would = mode === 'observe';
  const what = `${countOf(total, 'user')} ${would ? 'would not be' : 'not'} blocked: that would be too many`;
  // Known of an organization's accounts only, where each may have a limit of its own.
  const whose = outcome.accountName === null ? '' : ', as a parameter of this account’s spoke';
  const look = link(iamUrl(context.partition, 'users'), 'all users');
  return message(
    `Safety stop in account ${formatAccount(outcome)}: ${what} (${blockedNow(counted, assumed)}, the limit is ${limit}).`,
    [
      header(`${would ? '👁️' : '🚨'} Safety stop: ${what}`),
      section(formatDelay(outcome, context)),
      fields({
        Account: formatAccount(outcome),
        'Blocked now': blockedNow(counted, assumed),
        Limit: String(limit),
        'Not blocked, without MFA': names(users, total),
      }),
      section(
        '*What to do*',
        `1. Look whether these users really have no MFA device: ${look}.`,
        would
          ? `2. If so, deploy with a higher \`BlockLimit\`${whose} when you enforce, or ask them to enrol before.`
          : `2. If so, wait until others enrol, or deploy with a higher \`BlockLimit\`${whose}.`,
        '3. If not, IAM’s answers or an event went wrong: leave the limit, and tell your AWS administrators.',
      ),
      section(
        would
          ? '*What would happen*  Nobody beyond the limit would be blocked.'
          : '*What happens next*  They are blocked one after the other as room appears: when others enrol, or when the limit is raised.',
        users.length < total ? '`mfa-enforcer plan` lists all of them.' : '',
      ),
      contextBlock(...smallPrint(outcome, context)),
    ],
  );
}
