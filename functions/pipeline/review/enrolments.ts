import { isCallOf } from '../../../events/cause.ts';
import type { StoredDormant } from '../../../events/last-sweep.ts';
import type { UserChange } from '../../../events/message.ts';
import { includesName, isSameName } from '../../../events/names.ts';
import type { OutcomeOf } from '../../../events/outcome.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { enrolmentOutcome, type OutcomeContext } from '../../domain/outcomes/outcomes.ts';
import type { AccessHistory, LastEnrolment } from '../../domain/review/access-history.ts';
import { dormantAt } from '../../domain/review/dormant-users.ts';
import {
  byOther,
  type EnrolmentFinding,
  isSuspicious,
  judgeEnrolment,
} from '../../domain/review/enrolment-rules.ts';
import { isBySelf } from '../../domain/review/exemption-changes.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import { readDormant } from '../stored-dormant.ts';
import { recordEnrolment } from './access-history.ts';
import type { UserRead } from './read-user.ts';
import type { ReviewDeps } from './review-deps.ts';

/** An enrolment, and what the enrolment rules say of it. */
export interface JudgedEnrolment {
  readonly serial: string;
  readonly cause: LastEnrolment['cause'];
  readonly findings: readonly EnrolmentFinding[];
}

/**
 * Judges the devices that the task's events have enabled, and records the last one. It uses two entries of the state table, and
 * nothing of IAM.
 * @returns oldest first
 */
export async function judgeEnrolments(
  deps: ReviewDeps,
  { changes }: ReviewTask,
  { facts, decision }: UserRead,
): Promise<readonly JudgedEnrolment[]> {
  const enrolled = enrolledBy(changes);
  if (enrolled.length === 0) return [];
  const nights = await dormantNights(deps);
  const serials = enrolled.map(({ serial }) => serial);
  const others = (facts.devices ?? []).filter((device) => !includesName(serials, device));
  const last = enrolled.map(({ serial, change, cause }): LastEnrolment => {
    const { eventTime: at, actor } = cause;
    return {
      serial,
      cause,
      at,
      wasBlocked: decision.blocked,
      isFirst: decision.blocked || others.length === 0,
      bySelf: isBySelf(change),
      longTermKey: actor.longTermKey === true,
      keysMayEnrol: deps.settings.enrolWith === 'console-and-keys',
      dormant: nights && { at: dormantAt(nights, facts, at) },
      policies: otherPolicies(facts, deps.settings),
    };
  });
  const history = await historyWith(deps, facts.user, changes, last.at(-1) as LastEnrolment);
  return last.map(({ serial, cause, ...facts }) => {
    return { serial, cause, findings: judgeEnrolment({ ...facts, history }) };
  });
}

/** An outcome for each enrolment that may not be the user's own. */
export function suspiciousEnrolments(
  context: OutcomeContext,
  enrolments: readonly JudgedEnrolment[],
): OutcomeOf<'enrolment-suspicious'>[] {
  return enrolments
    .filter(({ findings }) => isSuspicious(findings))
    .map(({ serial, cause, findings }) =>
      enrolmentOutcome({ ...context, cause }, serial, reasonsOf(findings)),
    );
}

/**
 * An outcome for each device that another identity enabled for a user who is not there any more. A user who was renamed since
 * keeps the device, and the event of the new name does not show who enabled it.
 */
export function goneEnrolments(
  { settings, now }: Pick<ReviewDeps, 'settings' | 'now'>,
  { user, changes }: ReviewTask,
): OutcomeOf<'enrolment-suspicious'>[] {
  const context = { user, settings, now: now(), slackMember: null, decision: null };
  return enrolledBy(changes)
    .filter(({ change }) => !isBySelf(change))
    .map(({ serial, cause }) => enrolmentOutcome({ ...context, cause }, serial, [byOther]));
}

/** What the outcome of an unblock says of the last enrolment. */
export function withEnrolment(
  outcome: OutcomeOf<'user-unblocked'>,
  enrolments: readonly JudgedEnrolment[],
): OutcomeOf<'user-unblocked'> {
  const last = enrolments.at(-1);
  if (last === undefined) return outcome;
  const { serial, findings, cause } = last;
  const { actor } = cause;
  return {
    ...outcome,
    enrolment: { serial, actor, findings: reasonsOf(findings), suspicious: isSuspicious(findings) },
  };
}

/** The devices that the changes enabled. */
function enrolledBy(changes: readonly UserChange[]) {
  return changes.flatMap((change) => {
    const { cause, expects } = change;
    const [serial] = Object.keys(expects.devices ?? {});
    const isEnabled = serial !== undefined && isCallOf(cause, 'EnableMFADevice');
    return isEnabled && cause.kind === 'event' ? [{ serial, change, cause }] : [];
  });
}

function reasonsOf(findings: readonly EnrolmentFinding[]) {
  return findings.map(({ reason }) => reason);
}

/** The user is unblocked already, so a failure stops nothing: the rules say that the history is unknown. */
async function historyWith(
  deps: ReviewDeps,
  ...enrolment: [user: string, changes: readonly UserChange[], last: LastEnrolment]
): Promise<AccessHistory | null> {
  try {
    return await recordEnrolment(deps, ...enrolment);
  } catch (error) {
    const message = 'who changed the user’s access could not be read';
    deps.log.error(message, { user: enrolment[0], error: error as Error });
    return null;
  }
}

/** Null where it cannot be read, and then the rules say so. */
async function dormantNights({
  stateStore,
  settings: { account },
  now,
  log,
}: ReviewDeps): Promise<StoredDormant['nights'] | null> {
  try {
    return readDormant(await stateStore.get(stateKeys.dormant(account)), account, now(), log);
  } catch (error) {
    log.error('who was dormant could not be read', { account, error: error as Error });
    return null;
  }
}

function otherPolicies(
  { attachments }: UserRead['facts'],
  { policyArn }: Pick<Settings, 'policyArn'>,
) {
  return attachments?.policies.filter((arn) => !isSameName(arn, policyArn)) ?? null;
}
