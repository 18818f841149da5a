import { durationText } from '../report/text.ts';
import { lookAtSpoke } from './account-unreachable.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { buttonsOf } from './buttons.ts';
import { formatAccount, formatDelay, type MessageContext, smallPrint } from './format.ts';
import {
  attentionSections,
  findingSections,
  type OrganizationSwept,
  pathsNotProven,
  pathsSection,
  unsweptSection,
} from './organization-sections.ts';
import type { SlackKind } from './slack-kind.ts';
import { failedSection, totalsWithChanges } from './sweep-finished.ts';
import { amount, amountOf, localTime, prose } from './text.ts';

/**
 * Sums up the sweeps of all accounts: first the accounts that were not checked, then the unprotected users.
 */
export const organizationSwept: SlackKind<OrganizationSwept> = {
  message: compose,
  digest: null,
};

function compose(
  outcome: OrganizationSwept,
  context: MessageContext,
  previous: OrganizationSwept | null,
): SlackMessage {
  const what = summary(outcome);
  const { organization, startedAt, totals } = outcome;
  const since = previous === null ? '' : `Changes are since ${localTime(previous.startedAt)}.`;
  return message(`Nightly check of organization ${prose(organization)}: ${what}.`, [
    header(`${emoji(outcome)} Nightly check: ${what}`),
    section(formatDelay(outcome, context)),
    fields({
      Organization: prose(organization),
      Accounts: formatAccounts(outcome),
      Checked: localTime(startedAt),
      Users: amount(totals.users),
      ...totalsWithChanges(totals, previous?.totals ?? null),
      'Event paths': formatPaths(outcome),
    }),
    section(since),
    unsweptSection(outcome),
    pathsSection(outcome),
    failedSection(outcome.failedParts.map((one) => ({ ...one, of: formatAccount(one) }))),
    ...findingSections(outcome),
    ...attentionSections(outcome),
    section(...nextLines(outcome, context)),
    ...buttonsOf(outcome, context, null, !needsNothing(outcome)),
    contextBlock(...smallPrint(outcome, context), `hub ${formatAccount(outcome)}`),
  ]);
}

function emoji(outcome: OrganizationSwept): string {
  const { unswept, swept, observing } = outcome.accounts;
  if (unswept + outcome.failedParts.length + pathsNotProven(outcome) > 0) return '⚠️';
  return observing > 0 && observing === swept ? '👁️' : '🧹';
}

/** One line: first the accounts that were not checked, then the unprotected users. */
function summary(outcome: OrganizationSwept): string {
  const { accounts, totals, differences, failedParts, eventPaths } = outcome;
  const { unproven = 0, notProbed = 0 } = eventPaths ?? {};
  const { listed, inactive, unswept, swept, observing } = accounts;
  const all = amountOf(listed - inactive, 'account');
  const { unprotected, blocked } = totals;
  const parts = [
    unswept > 0 ? `${amount(unswept)} of ${all} not checked` : '',
    unproven > 0 ? `events do not arrive from ${amountOf(unproven, 'account')}` : '',
    // An account that was not checked is not probed either.
    notProbed > unswept ? `${amountOf(notProbed - unswept, 'event path')} not probed` : '',
    failedParts.length > 0 ? 'some checks incomplete' : '',
    unprotected > 0 ? `${amountOf(unprotected, 'user')} unprotected` : '',
    unprotected === 0 && differences > 0
      ? `${amountOf(differences, 'user')} ${differences === 1 ? 'needs' : 'need'} a change`
      : '',
  ].filter((part) => part !== '');
  const mode = observing > 0 && observing === swept ? ' (observe mode)' : '';
  if (parts.length > 0) return `${parts.join(', ')}${mode}`;
  const andBlocked = blocked === 0 ? '' : `, ${amountOf(blocked, 'user')} blocked`;
  return `no changes needed in ${all}${andBlocked}${mode}`;
}

function formatAccounts({ accounts }: OrganizationSwept): string {
  const { listed, swept, unswept, inactive, observing } = accounts;
  const watched = observing === swept ? 'all' : amount(observing);
  const parts = [
    swept === listed ? 'all checked' : `${amount(swept)} checked`,
    observing > 0 ? `${watched} of them in observe mode` : '',
    unswept > 0 ? `*${amount(unswept)} not checked*` : '',
    inactive > 0 ? `${amount(inactive)} suspended or closed` : '',
  ];
  return `${amount(listed)}: ${parts.filter((part) => part !== '').join(', ')}`;
}

function formatPaths({ eventPaths }: OrganizationSwept): string {
  if (eventPaths === undefined) return '';
  const { proven, unproven, notProbed, slowest } = eventPaths;
  const parts = [
    `${amount(proven)} proven`,
    unproven > 0 ? `*${amount(unproven)} unproven*` : '',
    notProbed > 0 ? `*${amount(notProbed)} not probed*` : '',
    slowest === null
      ? ''
      : `slowest ${durationText(slowest.latencyMs)} (${formatAccount(slowest)})`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** Nothing to correct, and nothing that a person must do. */
function needsNothing(outcome: OrganizationSwept): boolean {
  const { accounts, differences, breakGlassWithoutMfa, endingExemptions } = outcome;
  const attention =
    breakGlassWithoutMfa.length +
    endingExemptions.length +
    outcome.failedParts.length +
    pathsNotProven(outcome);
  return accounts.unswept + differences + attention === 0;
}

function nextLines(outcome: OrganizationSwept, context: MessageContext): readonly string[] {
  const { accounts, differences, totals, withFindings } = outcome;
  const enforced = accounts.swept - accounts.observing;
  const observed = withFindings.some((one) => one.mode === 'observe' && one.totals.unprotected > 0);
  const todo = [
    accounts.unswept > 0
      ? `Check whether the spoke is deployed in the accounts that were not checked: ${lookAtSpoke('ACCOUNT', context)}.`
      : '',
    pathsNotProven(outcome) > accounts.unswept
      ? 'Find the stage at which events stop: `mfa-enforcer doctor --probe`, with credentials of the hub’s account.'
      : '',
    observed
      ? 'Accounts in observe mode: exempt the service users, ask the others to enrol, then run ' +
        '`mfa-enforcer organization deploy --ou OU --mode enforce` for the next OU.'
      : '',
  ].filter((line) => line !== '');
  const next =
    differences > 0 && enforced > 0
      ? '*What happens next*  In enforce mode these users are being corrected now, up to each account’s block limit. ' +
        'You get a message for each.'
      : '';
  if (todo.length === 0 && next === '') {
    return totals.blocked > 0
      ? ['*What to do*  Nothing. Blocked users regain access when they enrol an MFA device.']
      : ['*What to do*  Nothing.'];
  }
  const numbered = todo.length > 1 ? todo.map((line, index) => `${index + 1}. ${line}`) : todo;
  return [...(todo.length > 0 ? ['*What to do*', ...numbered] : []), next];
}
