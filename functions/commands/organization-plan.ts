import { OrganizationPlan } from '../../events/plan.ts';
import { accountPlan } from '../pipeline/report/account-plan.ts';
import { jsonText } from '../render/report/json.ts';
import { organizationPlanText } from '../render/report/plan.ts';
import type { AccountOptions } from './options.ts';
import { type OrganizationRead, readingOrganization, sayNotRead } from './organization.ts';
import type { OrganizationOptions } from './organization-options.ts';
import { type Shell, type Status, statuses } from './shell.ts';

/** `plan --organization`: the plan of every account, in one. */
export async function organizationPlan(
  shell: Shell,
  options: AccountOptions & OrganizationOptions,
  json: boolean,
): Promise<Status> {
  const read = await readingOrganization(shell, options, (iam, settings) =>
    accountPlan(iam, settings, shell.now),
  );
  const made = planOf(read);
  shell.out(
    json ? jsonText(OrganizationPlan.parse(made)) : organizationPlanText(made, shell.now()),
  );
  if (json) sayNotRead(shell, read);
  if (made.counts.notRead > 0) return statuses.blind;
  const { holds, releases } = made.totals;
  return holds + releases > 0 ? statuses.findings : statuses.clean;
}

function planOf({ head, accounts }: OrganizationRead<Awaited<ReturnType<typeof accountPlan>>>) {
  const all = accounts.map((one) => {
    if (one.status === 'not-read') return one;
    const { place, mode, value: plan } = one;
    return { status: 'read' as const, ...place, mode, plan };
  });
  const totals = { holds: 0, releases: 0 };
  for (const one of all) {
    if (one.status === 'not-read') continue;
    totals.holds += one.plan.holds.length;
    totals.releases += one.plan.releases.length;
  }
  const made: OrganizationPlan = {
    schema: 'mfa-enforcer/organization-plan/1',
    ...head,
    totals,
    accounts: all,
  };
  return made;
}
