import { type Command, Option } from 'commander';
import type { SettingsOptions } from '../runtime/config.ts';

/** The stack that `npm run deploy` creates. */
export const DEFAULT_STACK = 'iam-mfa-enforcer-prod';

/** Options of every command that reads an account. */
export interface AccountOptions extends SettingsOptions {
  readonly profile?: string;
  readonly region?: string;
}

/**
 * Adds the options of every command that reads an account. Each option has an environment variable. Its default is the
 * default of the deployment's parameter with the same name.
 */
export function withAccountOptions(command: Command): Command {
  const options = [
    new Option('--profile <name>', 'AWS profile (AWS_PROFILE)'),
    new Option('--region <region>', 'AWS Region (AWS_REGION); IAM is global'),
    new Option('--mode <mode>', 'enforce or observe (MFA_ENFORCER_MODE)'),
    new Option('--scope <scope>', 'all-users or console-users (MFA_ENFORCER_SCOPE)'),
    new Option('--unblock <when>', 'on-enrolment or never (MFA_ENFORCER_UNBLOCK)'),
    new Option('--enrol-with <what>', 'console or console-and-keys (MFA_ENFORCER_ENROL_WITH)'),
    new Option('--exempt-tags <tags>', 'key:value,key=value,… (MFA_ENFORCER_EXEMPT_TAGS)'),
    new Option('--exempt-users <patterns>', 'name-*,/path/*,… (MFA_ENFORCER_EXEMPT_USERS)'),
    new Option('--exempt-password <what>', 'keep or ends-exemption (MFA_ENFORCER_EXEMPT_PASSWORD)'),
    new Option('--block-limit <limit>', 'auto or a number of users (MFA_ENFORCER_BLOCK_LIMIT)'),
    new Option('--policy-name <name>', 'default ForceMFA (MFA_ENFORCER_POLICY_NAME)'),
    new Option('--boundary-deny <answer>', 'yes or no (MFA_ENFORCER_BOUNDARY_DENY)'),
    new Option('--inline-deny <answer>', 'yes or no (MFA_ENFORCER_INLINE_DENY)'),
  ];
  for (const option of options) command.addOption(option.helpGroup('Account and settings:'));
  return command;
}
