import type { FailedPart, OutcomeOf, SweepTotals } from '../../../events/outcome.ts';
import { iamUrl } from '../console-links.ts';
import { countOf, durationText, minute } from '../report/text.ts';
import {
  type Block,
  contextBlock,
  fields,
  header,
  message,
  type SlackMessage,
  section,
} from './blocks.ts';
import { buttonsOf } from './buttons.ts';
import { formatAccount, formatDelay, type MessageContext, smallPrint } from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { amount, firstOf, localTime, names, prose, shorten } from './text.ts';

type SweepFinished = OutcomeOf<'sweep-finished'>;

/**
 * Sums up a sweep.
 */
export const sweepFinished: SlackKind<SweepFinished> = {
  message: compose,
  digest: null,
};

function compose(
  outcome: SweepFinished,
  context: MessageContext,
  previous: SweepFinished | null,
): SlackMessage {
  const what = summary(outcome);
  const since = previous === null ? '' : `Changes are since ${localTime(previous.startedAt)}.`;
  return message(`Nightly check of account ${formatAccount(outcome)}: ${what}.`, [
    header(`🧹 Nightly check: ${what}`),
    fields({
      Account: formatAccount(outcome),
      Checked: localTime(outcome.startedAt),
      ...totalsWithChanges(outcome.totals, previous?.totals ?? null),
      'Event path': eventPath(outcome),
    }),
    section(formatDelay(outcome, context), since),
    failedSection(outcome.failedParts),
    section(differing(outcome, 'block')),
    section(differing(outcome, 'unblock')),
    section(inGrace(outcome)),
    outcome.blockedUsers.length === 0
      ? null
      : section(`*Blocked*  ${names(outcome.blockedUsers, outcome.totals.blocked)}`),
    outcome.breakGlassWithoutMfa.length === 0
      ? null
      : section(
          `⚠️ *Break-glass users without MFA*  ${names(outcome.breakGlassWithoutMfa)}. They are never blocked: assign a device to each.`,
        ),
    section(ending(outcome)),
    section(formatNext(outcome)),
    ...(needsNothing(outcome)
      ? []
      : buttonsOf(outcome, context, {
          text: 'Open all users',
          url: iamUrl(context.partition, 'users'),
        })),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}

function eventPath({ eventPath: path }: SweepFinished): string {
  if (path === undefined) return '';
  const { state, since, latencyMs, why } = path;
  const took = latencyMs === null ? '' : ` in ${durationText(latencyMs)}`;
  const from = since === null ? '' : `${state === 'proven' ? ',' : ' since'} ${localTime(since)}`;
  const reason = why === null ? '' : `: ${prose(why.text)}`;
  return `${state.replace('-', ' ')}${took}${from}${reason}`;
}

const partNames: Readonly<Record<FailedPart['part'], string>> = {
  users: 'some users could not be read',
  policies: 'the policies were not checked',
  'deny-group': 'the deny group was not checked',
  'foreign-policies': 'policies of an old PolicyName were not searched for',
  'credential-report':
    'the credential report was not read (users without a virtual MFA device were checked one by one)',
  'orphan-devices': 'orphan devices were not looked at',
  'dormant-users': 'dormant users were not recorded for the enrolment rules',
};

const ROOM_OF_PARTS = 2_000;

/**
 * The failed parts of sweeps.
 * @param failed with the account of each, in an organization: markup
 */
export function failedSection(
  failed: readonly (FailedPart & { readonly of?: string })[],
): Block | null {
  if (failed.length === 0) return null;
  const lines = failed.map(
    ({ part, why, of }) => `${of ? `${of}: ` : ''}${partNames[part]}: ${shorten(prose(why), 200)}`,
  );
  const has = (...parts: FailedPart['part'][]) => failed.some(({ part }) => parts.includes(part));
  return section(
    `⚠️ *Incomplete*  ${firstOf(lines, lines.length, ROOM_OF_PARTS)}. Every ${has('users') ? 'other ' : ''}user was checked.`,
    has('users')
      ? 'In enforce mode the users who could not be read are read again now. If that fails, an alarm follows (IamChangesFailed).'
      : '',
    has('policies', 'deny-group', 'foreign-policies')
      ? 'Checks of the policies and the deny group are retried. If they fail again, an alarm follows (SweepsFailed).'
      : '',
  );
}

function incomplete({ failedParts }: SweepFinished): string {
  return failedParts.length === 0 ? '' : ', but the check is incomplete';
}

function summary(outcome: SweepFinished): string {
  return users(outcome) + incomplete(outcome);
}

function users({ differences, totals, mode }: SweepFinished): string {
  if (differences === 0) {
    const blocked = totals.blocked === 0 ? '' : `, ${totals.blocked} blocked`;
    return `no changes needed (${countOf(totals.users, 'user')}${blocked})`;
  }
  const need = differences === 1 ? 'needs a change' : 'need a change';
  return `${differences} of ${countOf(totals.users, 'user')} ${mode === 'observe' ? 'would be changed' : need}`;
}

const stateNames: Readonly<Record<Exclude<keyof SweepTotals, 'users'>, string>> = {
  protected: 'Protected',
  blocked: 'Blocked',
  unprotected: 'Unprotected',
  exempt: 'Exempt',
  outOfScope: 'Out of scope',
};

/** Each total, and its change since the previous sweep. */
export function totalsWithChanges(totals: SweepTotals, before: SweepTotals | null) {
  return Object.fromEntries(
    Object.entries(stateNames).map(([state, name]) => {
      const key = state as keyof SweepTotals;
      return [name, `${amount(totals[key])}${change(totals[key], before?.[key])}`];
    }),
  );
}

function change(now: number, before: number | undefined): string {
  if (before === undefined || now === before) return '';
  return now > before ? ` (+${amount(now - before)})` : ` (−${amount(before - now)})`;
}

function differing(outcome: SweepFinished, action: 'block' | 'unblock') {
  const { differing: all, differences, mode } = outcome;
  const users = all.filter((one) => one.action === action).map(({ user }) => user);
  if (users.length === 0) return '';
  const unnamed = differences - all.length;
  const done = mode === 'observe' ? 'Would be' : 'To be';
  const what =
    action === 'block'
      ? `${done} blocked (no MFA device)`
      : `${done} unblocked (protected or exempt)`;
  // Only the first users are named. Where both actions occur, the action of the others is not known.
  if (users.length === all.length) return `*${what}*  ${names(users, users.length + unnamed)}`;
  const rest = unnamed > 0 ? ` (and ${unnamed} more of either kind)` : '';
  return `*${what}*  ${names(users)}${rest}`;
}

function inGrace({ inGrace }: SweepFinished): string {
  if (inGrace === undefined) return '';
  const users = inGrace.users.map(({ user, until }) => `${user} ${minute(until)}`);
  return `*Have time to enrol until*  ${names(users, inGrace.total)}`;
}

function ending({ endingExemptions }: SweepFinished): string {
  if (endingExemptions.length === 0) return '';
  return `*Exemptions that end soon*  ${names(endingExemptions.map(({ user, until }) => `${user} ${until}`))}`;
}

/** Nothing to correct, and nothing that a person must do. */
function needsNothing(outcome: SweepFinished): boolean {
  const { differences, breakGlassWithoutMfa, endingExemptions, failedParts } = outcome;
  return (
    differences + breakGlassWithoutMfa.length + endingExemptions.length + failedParts.length === 0
  );
}

function formatNext(outcome: SweepFinished): string {
  if (needsNothing(outcome)) return '*What to do*  Nothing.';
  if (outcome.differences === 0) return '';
  return outcome.mode === 'observe'
    ? '*What to do*  Exempt the service users among them, ask the others to enrol, then run `mfa-enforcer deploy --mode enforce`.'
    : '*What happens next*  These users are being corrected now, up to the block limit. You get a message for each.';
}
