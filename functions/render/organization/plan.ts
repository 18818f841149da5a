import type { OrganizationPlan } from '../../../events/plan.ts';
import { planLines } from '../plan.ts';
import { countOf } from '../report/text.ts';
import { notReadLines } from './not-read.ts';
import { accountText } from './text.ts';

/**
 * What a sweep would do in every account, for a person: what could not be read first, then an account after the other.
 * @param now tells how long ago a key was used
 */
export function organizationPlanText(made: OrganizationPlan, now: Date): string {
  const { accounts, totals, counts, organization, decidedBy } = made;
  const notRead = accounts.filter((one) => one.status === 'not-read');
  const read = accounts.filter((one) => one.status === 'read');
  const nothing = read.filter(
    ({ plan }) => plan.holds.length + plan.releases.length === 0 && plan.policyDeployed,
  );
  const lines = [
    ...notReadLines(notRead, counts),
    `Organization ${organization}, ${countOf(counts.read, 'account')} read: ` +
      `${countOf(totals.holds, 'user')} would be blocked, ${totals.releases} let go.`,
    '',
    ...read
      .filter((one) => !nothing.includes(one))
      .flatMap(({ plan, mode, ...place }) => [
        `${accountText(place)}${mode === 'observe' ? ', in observe mode: nothing of this would be done' : ''}`,
        ...planLines(plan, now).map((line) => (line === '' ? '' : `  ${line}`)),
        '',
      ]),
    ...(nothing.length === 0 ? [] : [`Nothing to do in ${countOf(nothing.length, 'account')}.`]),
    `Decided by ${decidedBy}, and each account’s own mode and limit: say the same as the hub.`,
  ];
  return `${lines.join('\n').replaceAll(/\n{3,}/g, '\n\n')}\n`;
}
