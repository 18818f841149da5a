import type { Outcome } from '../../../events/outcome.ts';
import { iamUrl } from '../console-links.ts';
import { countOf } from '../report/text.ts';
import { context, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { names } from './text.ts';
import { type Around, accountWords, lateWords, link, smallPrint } from './words.ts';

type BreakerOpen = Extract<Outcome, { kind: 'breaker-open' }>;

/** Tells that too many users would be blocked, and that nobody more is. */
export function breakerOpen(outcome: BreakerOpen, around: Around): SlackMessage {
  const { held, limit, total, users, mode } = outcome;
  const would = mode === 'observe';
  const what = `${countOf(total, 'user')} ${would ? 'would not be' : 'not'} blocked: that would be too many`;
  // Known of an organization's accounts only, where each may have a limit of its own.
  const whose = outcome.accountName === null ? '' : ', as a parameter of this account’s spoke';
  const look = link(iamUrl(around.partition, 'users'), 'all users');
  return message(
    `Safety stop in account ${accountWords(outcome)}: ${what} (${held} are blocked, the limit is ${limit}).`,
    [
      header(`${would ? '👁️' : '🚨'} Safety stop: ${what}`),
      section(lateWords(outcome, around)),
      fields({
        Account: accountWords(outcome),
        'Blocked now': String(held),
        Limit: String(limit),
        'Not blocked, without MFA': names(users, total),
      }),
      section(
        '*What to do*',
        `1. Look whether these users really have no MFA device: ${look}.`,
        would
          ? `2. If so, deploy with a higher \`HoldLimit\`${whose} when you enforce, or ask them to enrol before.`
          : `2. If so, deploy with a higher \`HoldLimit\`${whose}. The next sweep blocks them.`,
        '3. If not, IAM’s answers or an event went wrong: leave the limit, and tell your AWS administrators.',
      ),
      section(
        would
          ? '*What would happen*  Nobody beyond the limit would be blocked.'
          : '*What happens next*  Nobody more is blocked until the limit is raised or others enrol.',
      ),
      context(...smallPrint(outcome, around)),
    ],
  );
}
