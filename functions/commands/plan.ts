import type { Command } from 'commander';
import { OrganizationPlan, Plan } from '../../events/plan.ts';
import { type AccountPlan, accountPlan } from '../pipeline/report/account-plan.ts';
import { jsonText } from '../render/report/json.ts';
import { organizationPlanText, planText } from '../render/report/plan.ts';
import { connect } from './connect.ts';
import {
  type AccountOptions,
  isOfOrganization,
  type OrganizationOptions,
  withAccountOptions,
  withOrganizationOptions,
} from './options.ts';
import { readingUsers } from './progress.ts';
import { type OrganizationRead, readingOrganization, sayNotRead } from './read-organization.ts';
import { planDeps, stateTableOf } from './report-deps.ts';
import { type Run, type Status, statuses, type Terminal } from './terminal.ts';

interface PlanOptions extends AccountOptions, OrganizationOptions {
  readonly json?: boolean;
}

/** Adds `plan`. */
export function addPlan(program: Command, run: Run, terminal: Terminal): void {
  withOrganizationOptions(
    withAccountOptions(
      program
        .command('plan')
        .description(
          'Show what a sweep would change now, and which access keys in use it would break',
        )
        .option('--json', 'print JSON')
        .addHelpText(
          'after',
          '\nExit status: 0 no changes needed, 1 users would be changed, 2 usage error,\n3 incomplete: some data could not be read.\n\nExamples:\n  mfa-enforcer plan\n  mfa-enforcer plan --scope console-users --json\n  mfa-enforcer plan --organization',
        ),
    ),
  ).action((options: PlanOptions) =>
    run(() =>
      isOfOrganization(options)
        ? organizationPlan(terminal, options, options.json ?? false)
        : plan(terminal, options),
    ),
  );
}

async function plan(terminal: Terminal, options: PlanOptions): Promise<Status> {
  const account = await connect(terminal, options);
  const { iam, settings, settingsFrom } = account;
  const deps = planDeps(terminal, stateTableOf(terminal, account));
  const read = await readingUsers(terminal, iam, (onUser) =>
    accountPlan(iam, settings, { ...deps, onUser }),
  );
  const made: Plan = { ...read, settingsFrom };
  terminal.out(options.json ? jsonText(Plan.parse(made)) : planText(made, terminal.now()));
  return made.blocks.length + made.unblocks.length > 0 ? statuses.findings : statuses.clean;
}

/** `plan --organization`: the plans of all chosen accounts in one. */
async function organizationPlan(
  terminal: Terminal,
  options: AccountOptions & OrganizationOptions,
  json: boolean,
): Promise<Status> {
  const read = await readingOrganization(terminal, options, (hub) => {
    const deps = planDeps(terminal, stateTableOf(terminal, hub, options.stateTable));
    return (iam, settings) => accountPlan(iam, settings, deps);
  });
  const made = planOf(read);
  terminal.out(
    json ? jsonText(OrganizationPlan.parse(made)) : organizationPlanText(made, terminal.now()),
  );
  if (json) sayNotRead(terminal, read);
  if (made.counts.notRead > 0) return statuses.blind;
  const { blocks, unblocks } = made.totals;
  return blocks + unblocks > 0 ? statuses.findings : statuses.clean;
}

function planOf({ head, accounts }: OrganizationRead<AccountPlan>) {
  const all = accounts.map((one) => {
    if (one.status === 'not-read') return one;
    const { place, mode, value } = one;
    const plan = { ...value, settingsFrom: head.settingsFrom };
    return { status: 'read' as const, ...place, mode, plan };
  });
  const totals = { blocks: 0, unblocks: 0 };
  for (const one of all) {
    if (one.status === 'not-read') continue;
    totals.blocks += one.plan.blocks.length;
    totals.unblocks += one.plan.unblocks.length;
  }
  const made: OrganizationPlan = {
    schema: 'mfa-enforcer/organization-plan/1',
    ...head,
    totals,
    accounts: all,
  };
  return made;
}
