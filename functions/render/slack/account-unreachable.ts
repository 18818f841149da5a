import type { Outcome, Reason } from '../../../events/outcome.ts';
import { spokeTags } from '../../domain/accounts/spoke.ts';
import { iamEventRegionOf } from '../../domain/rules/partition.ts';
import { stackSetsUrl } from '../console-links.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import {
  causeOf,
  formatAccount,
  formatDelay,
  link,
  type MessageContext,
  smallPrint,
  whenOf,
} from './format.ts';
import { code, plain, prose } from './text.ts';

type AccountUnreachable = Extract<Outcome, { kind: 'account-unreachable' }>;

/** Tells that nobody in an account can be looked at: what that means, the likely reasons, what to do. */
export function accountUnreachable(
  outcome: AccountUnreachable,
  context: MessageContext,
): SlackMessage {
  const { account, accountName, alias, why, cause } = outcome;
  const called = plain(accountName ?? alias ?? account);
  return message(
    `Nobody in account ${formatAccount(outcome)} is being checked: ${prose(why.text)}.`,
    [
      header(`📵 Nobody in account ${called} is being checked`),
      section(formatDelay(outcome, context)),
      fields({
        Account: formatAccount(outcome),
        Problem: `${prose(why.text)} (${code(why.code)})`,
        'What happened': causeOf(cause),
        When: whenOf(cause),
      }),
      section(
        '*What it means*  Who has no MFA device there is neither found nor blocked. Who is blocked already stays ' +
          'so, and is not unblocked after enrolling.',
      ),
      section(...(steps.get(why.code) ?? other)(outcome, context)),
      section(
        '*What happens next*  Every sweep and every IAM event there tries again. This is told once, and again ' +
          'after a week, or once the account could be checked in between.',
      ),
      contextBlock(...smallPrint(outcome, context)),
    ],
  );
}

type Steps = (outcome: AccountUnreachable, context: MessageContext) => readonly string[];

const ROLES = 'The spoke’s roles are named like its policy: `ForceMFA-review`, `ForceMFA-read`.';

const notAssumable: Steps = ({ account }, context) => [
  '*What to do*',
  `1. Is the spoke deployed there? Look at ${lookAtSpoke(account, context)}.`,
  '2. No stack instance? The account is in none of the stack set’s OUs, or it is the management account, which ' +
    'stack sets skip: deploy `infra/spoke.yml` there by itself.',
  '3. One that is `OUTDATED` or failed? Fix what its reason says, and update the stack set.',
  '4. Is the account suspended or being closed? Then nothing is to be done, and sweeps leave it out.',
  `5. All is well there? Then the roles do not let this hub in: compare the spoke’s parameters (\`PolicyName\`, ` +
    '`OrganizationId`, the `Hub…RoleArn`s) with the hub’s, and look for an SCP that denies `sts:AssumeRole`. ' +
    ROLES,
];

const other: Steps = () => [
  '*What to do*  Wait for the next try. If it says the same, look it up in the log of the function, which has the ' +
    'whole error.',
];

const accountWrong: Steps = () => [
  '*First*  Ask who made this role: it must let this hub into its own account only.',
  `*What to do*  Deploy the spoke in this account anew. ${ROLES}`,
];

const spokeWrong: Steps = () => [
  '*What to do*  Correct the parameter of the spoke (`Mode` or `BlockLimit`) and deploy it. If somebody changed the tags ' +
    'of its roles by hand, a deployment with the same parameters does not put them back: set ' +
    `\`${spokeTags.mode}\` to \`hub\`, \`enforce\` or \`observe\`, and \`${spokeTags.blockLimit}\` to \`hub\`, \`auto\` or a number. ${ROLES}`,
];

const steps: ReadonlyMap<string, Steps> = new Map([
  ['role-not-assumable', notAssumable],
  ['account-wrong', accountWrong],
  ['spoke-wrong', spokeWrong],
]);

/** Why nobody in an account can be looked at, in a few words of ours; null where its own words must do. */
export function formatWhy({ code }: Reason): string | null {
  return known.get(code) ?? null;
}

const known: ReadonlyMap<string, string> = new Map([
  ['role-not-assumable', 'the role cannot be assumed'],
  ['account-wrong', 'the role is in another account'],
  ['spoke-wrong', 'the role’s tags say what cannot be'],
  ['late', 'the sweep has not finished'],
]);

/** Why several accounts cannot be looked at, where one code stands for all of them. */
export function whyOf(reason: Reason): string {
  return formatWhy(reason) ?? prose(reason.text);
}

/**
 * Where and how to look at the spoke in an account.
 * @param account 12 digits, or a placeholder
 */
export function lookAtSpoke(account: string, { partition }: MessageContext): string {
  const region = iamEventRegionOf(partition);
  return (
    `${link(stackSetsUrl(partition), 'the stack set')}, or with credentials of its administrator ` +
    `\`aws cloudformation list-stack-instances --region ${region} --call-as DELEGATED_ADMIN ` +
    `--stack-set-name STACKSET --stack-instance-account ${account}\` ` +
    '(`--call-as SELF` in the management account)'
  );
}
