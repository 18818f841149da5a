import type { Command } from 'commander';
import { Plan } from '../../events/plan.ts';
import { accountPlan } from '../pipeline/report/account-plan.ts';
import { jsonText } from '../render/report/json.ts';
import { planText } from '../render/report/plan.ts';
import { connect } from './account.ts';
import { type AccountOptions, withAccountOptions } from './options.ts';
import {
  isOfOrganization,
  type OrganizationOptions,
  withOrganizationOptions,
} from './organization-options.ts';
import { organizationPlan } from './organization-plan.ts';
import { readingUsers } from './reading-users.ts';
import { type Run, type Shell, type Status, statuses } from './shell.ts';

interface PlanOptions extends AccountOptions, OrganizationOptions {
  readonly json?: boolean;
}

/** Adds `plan`. */
export function addPlan(program: Command, run: Run, shell: Shell): void {
  withOrganizationOptions(
    withAccountOptions(
      program
        .command('plan')
        .description('what a sweep would do now, and what it would break: access keys in use')
        .option('--json', 'as JSON')
        .addHelpText(
          'after',
          '\nExit status: 0 nothing to do, 1 somebody would be changed, 2 used wrongly, 3 could not see everything.\n\nExamples:\n  mfa-enforcer plan\n  mfa-enforcer plan --scope console-users --json\n  mfa-enforcer plan --organization',
        ),
    ),
  ).action((options: PlanOptions) =>
    run(() =>
      isOfOrganization(options)
        ? organizationPlan(shell, options, options.json ?? false)
        : plan(shell, options),
    ),
  );
}

async function plan(shell: Shell, options: PlanOptions): Promise<Status> {
  const { iam, settings } = await connect(shell, options);
  const made = await readingUsers(shell, iam, (onUser) =>
    accountPlan(iam, settings, shell.now, onUser),
  );
  shell.out(options.json ? jsonText(Plan.parse(made)) : planText(made, shell.now()));
  return made.holds.length + made.releases.length > 0 ? statuses.findings : statuses.clean;
}
