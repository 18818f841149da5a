import type { OutcomeOf, Reason } from '../../../events/outcome.ts';
import { spokeTags } from '../../domain/accounts/spoke.ts';
import { iamEventRegionOf } from '../../domain/rules/partition.ts';
import { stackSetsUrl } from '../console-links.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { buttonsOf } from './buttons.ts';
import {
  causeOf,
  formatAccount,
  formatDelay,
  link,
  type MessageContext,
  smallPrint,
  whenOf,
} from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { capital, code, plain, prose } from './text.ts';

type AccountUnreachable = OutcomeOf<'account-unreachable'>;

/** Says that an account is not being checked: what that means, and what to do. */
export const accountUnreachable: SlackKind<AccountUnreachable> = {
  message: compose,
  digest: {
    counted: { one: 'account not checked', many: 'accounts not checked' },
    isOwnAction: false,
    urgency: () => 1,
    title: ({ why }) => `📵 The account *is not being checked*: ${prose(why.text)}`,
  },
};

function compose(outcome: AccountUnreachable, context: MessageContext): SlackMessage {
  const { account, accountName, alias, why, cause } = outcome;
  const called = plain(accountName ?? alias ?? account);
  return message(`Account ${formatAccount(outcome)} is not being checked: ${prose(why.text)}.`, [
    header(`📵 Account ${called} is not being checked`),
    section(formatDelay(outcome, context)),
    fields({
      Account: formatAccount(outcome),
      Problem: `${capital(prose(why.text))} (${code(why.code)})`,
      'What happened': causeOf(cause),
      When: whenOf(cause),
    }),
    section(
      '*What it means*  Users without an MFA device in this account are neither found nor blocked. Users already ' +
        'blocked stay blocked, even after they enrol.',
    ),
    section(...(steps.get(why.code) ?? other)(outcome, context)),
    section(
      '*What happens next*  Every sweep and every IAM event in this account tries again. Sent once, then weekly ' +
        'while it lasts. A new failure after a successful check is sent at once.',
    ),
    ...buttonsOf(outcome, context, null),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}

type Steps = (outcome: AccountUnreachable, context: MessageContext) => readonly string[];

const ROLES = 'The spoke’s roles are named after its policy: `ForceMFA-review`, `ForceMFA-read`.';

const notAssumable: Steps = ({ account }, context) => [
  '*What to do*',
  `1. Check whether the spoke is deployed in this account: ${lookAtSpoke(account, context)}.`,
  '2. If there is no stack instance, the account is in none of the stack set’s OUs. Run ' +
    '`mfa-enforcer organization deploy --ou` for its OU. Stack sets skip the management account: ' +
    '`mfa-enforcer organization deploy --management` prints the command for it.',
  '3. If the stack instance is `OUTDATED` or failed, fix the reason it gives, and run `mfa-enforcer organization deploy` again.',
  '4. If the account is suspended or being closed, there is nothing to do. Sweeps leave it out.',
  `5. If the spoke is in order, its roles do not trust this hub: compare the spoke’s parameters (\`PolicyName\`, ` +
    '`OrganizationId`, the `Hub…RoleArn`s) with the hub’s, and look for an SCP that denies `sts:AssumeRole`. ' +
    ROLES,
];

const other: Steps = () => [
  '*What to do*  Wait for the next try. If it fails in the same way, read the whole error in the log of the function.',
];

const accountWrong: Steps = () => [
  '*First*  Ask who created this role: it must give this hub access to its own account only.',
  `*What to do*  Deploy the spoke in this account again (\`mfa-enforcer organization deploy\`). ${ROLES}`,
];

const spokeWrong: Steps = () => [
  '*What to do*  Correct the spoke’s `Mode` or `BlockLimit`: ' +
    '`mfa-enforcer organization deploy --ou OU --mode MODE --block-limit LIMIT`. If the tags of its roles were changed by ' +
    'hand, a deployment of the same values does not restore them: set ' +
    `\`${spokeTags.mode}\` to \`hub\`, \`enforce\` or \`observe\`, and \`${spokeTags.blockLimit}\` to \`hub\`, \`auto\` or a number. ${ROLES}`,
];

const steps: ReadonlyMap<string, Steps> = new Map([
  ['role-not-assumable', notAssumable],
  ['account-wrong', accountWrong],
  ['spoke-wrong', spokeWrong],
]);

/** A short text for why an account is not being checked; null where there is none for the reason's code. */
export function formatWhy({ code }: Reason): string | null {
  return known.get(code) ?? null;
}

const known: ReadonlyMap<string, string> = new Map([
  ['role-not-assumable', 'the role cannot be assumed'],
  ['account-wrong', 'the role is in another account'],
  ['spoke-wrong', 'the role’s tags have invalid values'],
  ['late', 'the sweep has not finished'],
]);

/** Why several accounts are not being checked, where all have the same code. */
export function whyOf(reason: Reason): string {
  return formatWhy(reason) ?? prose(reason.text);
}

/**
 * How to look at the spoke in an account: continues a sentence.
 * @param account 12 digits, or a placeholder
 */
export function lookAtSpoke(account: string, { partition }: MessageContext): string {
  const region = iamEventRegionOf(partition);
  return (
    `open ${link(stackSetsUrl(partition), 'the stack set')} in the account that administers it, or run with its credentials ` +
    `\`aws cloudformation list-stack-instances --region ${region} --call-as DELEGATED_ADMIN ` +
    `--stack-set-name STACKSET --stack-instance-account ${account}\` ` +
    '(`--call-as SELF` in the management account)'
  );
}
