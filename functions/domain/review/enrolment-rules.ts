import { isSameName } from '../../../events/names.ts';
import type { Reason } from '../../../events/outcome.ts';
import {
  ACCESS_HISTORY_MS,
  type AccessChange,
  type AccessHistory,
  type EnrolmentFacts,
  type LastEnrolment,
} from './access-history.ts';

/** What the enrolment rules know of an MFA device that was enabled. */
export interface Enrolment extends EnrolmentFacts {
  /** Null where it could not be read. */
  readonly history: AccessHistory | null;
}

/** A rule that applies to an enrolment. */
export interface EnrolmentFinding {
  /** high: another identity may have the second factor. low: worth a line in the message about the unblock. */
  readonly level: 'high' | 'low';
  readonly reason: Reason;
}

/** Another identity enabled the device. */
export const byOther: Reason = { code: 'by-other', text: 'device enabled by another identity' };

interface EnrolmentRule {
  readonly code: string;
  readonly level: EnrolmentFinding['level'];
  /** A first device is what an attacker with a stolen password can enrol; a further one needs MFA. */
  readonly enrolments: 'first' | 'all';
  /** The reason in words, or null where the rule does not apply. */
  readonly reason: (enrolment: Enrolment) => string | null;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The rules of an enrolment. An administrator who creates a user, and a user who changes phones, do what an attacker does, so
 * those two are low (docs/decisions/034-enrolment-rules.md).
 */
export const enrolmentRules: readonly EnrolmentRule[] = [
  {
    code: byOther.code,
    level: 'high',
    enrolments: 'all',
    reason: ({ bySelf }) => (bySelf ? null : byOther.text),
  },
  {
    code: 'by-access-key',
    level: 'high',
    enrolments: 'first',
    reason: (enrolment) => (enrolment.keysMayEnrol ? null : byAccessKey(enrolment)),
  },
  {
    code: 'by-allowed-access-key',
    level: 'low',
    enrolments: 'first',
    reason: (enrolment) => (enrolment.keysMayEnrol ? byAccessKey(enrolment) : null),
  },
  {
    code: 'password-by-other',
    level: 'high',
    enrolments: 'first',
    reason: (enrolment) => (isNew(enrolment) ? null : passwordByOther(enrolment)),
  },
  {
    code: 'new-user',
    level: 'low',
    enrolments: 'first',
    reason: (enrolment) => (isNew(enrolment) ? passwordByOther(enrolment) : null),
  },
  {
    code: 'first-policy-by-other',
    level: 'low',
    enrolments: 'first',
    reason: firstPolicyByOther,
  },
  {
    code: 'dormant',
    level: 'high',
    enrolments: 'first',
    reason: ({ dormant }) =>
      dormant?.at
        ? `no recorded sign-in or use of an access key in the 90 days before ${dormant.at.slice(0, 10)}`
        : null,
  },
  {
    code: 'dormant-unknown',
    level: 'low',
    enrolments: 'first',
    reason: ({ dormant }) =>
      dormant === null ? 'whether the user was dormant could not be read' : null,
  },
  {
    code: 'device-replaced-by-other',
    level: 'high',
    enrolments: 'first',
    reason: ({ at, history }) =>
      before(at, history?.deviceByOther, HOUR_MS, 'deactivated a device of the user'),
  },
  {
    code: 'device-replaced',
    level: 'low',
    enrolments: 'first',
    reason: ({ at, history }) =>
      before(at, history?.deviceBySelf, HOUR_MS, 'deactivated their own device'),
  },
  {
    code: 'history-unknown',
    level: 'low',
    enrolments: 'first',
    reason: ({ history }) =>
      history === null ? 'who changed the user’s access before could not be read' : null,
  },
];

/**
 * Applies the rules to an enrolment.
 * @returns the findings, in the rules' order; none where the enrolment looks like the user's own
 */
export function judgeEnrolment(enrolment: Enrolment): EnrolmentFinding[] {
  return enrolmentRules.flatMap(({ code, level, enrolments, reason }) => {
    if (enrolments === 'first' && !enrolment.isFirst) return [];
    const text = reason(enrolment);
    return text === null ? [] : [{ level, reason: { code, text } }];
  });
}

/** An enrolment that a change of access made suspicious, and the findings. */
export interface LateFindings {
  readonly enrolled: LastEnrolment;
  readonly findings: readonly EnrolmentFinding[];
}

/**
 * Judges the last enrolment again for a change of access whose event came after the device's.
 * @param history with the change
 * @param before without it
 * @returns null where the enrolment is not suspicious, or was before
 */
export function lateFindings(history: AccessHistory, before: AccessHistory): LateFindings | null {
  const { enrolled } = history;
  // Stryker disable next-line ConditionalExpression: no enrolment has no high rule; the compiler needs the check
  if (enrolled === undefined) return null;
  const findings = judgeEnrolment({ ...enrolled, history });
  const isNew = !isSuspicious(judgeEnrolment({ ...enrolled, history: before }));
  return isNew && isSuspicious(findings) ? { enrolled, findings } : null;
}

/** Whether another identity may have the second factor. */
export function isSuspicious(findings: readonly EnrolmentFinding[]): boolean {
  return findings.some(({ level }) => level === 'high');
}

function byAccessKey({ longTermKey }: Enrolment): string | null {
  return longTermKey ? 'enabled with an access key, not in a console session' : null;
}

function passwordByOther({ at, history }: Enrolment): string | null {
  return before(at, history?.passwordByOther, ACCESS_HISTORY_MS, 'set the password');
}

/** A new user, too, gets a first policy: that and the password are one piece of work. */
function firstPolicyByOther(enrolment: Enrolment): string | null {
  const { at, history, policies } = enrolment;
  const known = history?.policyByOther ?? [];
  if (isNew(enrolment) || policies?.length !== 1) return null;
  const attached = known.filter(({ policyArn }) => isSameName(policyArn, policies[0] as string));
  const name = attached[0]?.policyArn.split('/').at(-1);
  const what = `attached ${name}, the only policy attached to the user,`;
  return before(at, attached, ACCESS_HISTORY_MS, what);
}

/** A new user's first password is always set by another identity. */
function isNew({ at, history }: Enrolment): boolean {
  return lastBefore(at, history?.created, ACCESS_HISTORY_MS) !== null;
}

/** "alice set the password 2 hours before", or null where no such change was shortly before the enrolment. */
function before(
  at: string,
  changes: readonly AccessChange[] | undefined,
  within: number,
  what: string,
): string | null {
  const last = lastBefore(at, changes, within);
  return last === null ? null : `${last.by} ${what} ${duration(last.age)} before`;
}

/** The last change shortly before the enrolment, and how long before it was, in ms. */
function lastBefore(at: string, changes: readonly AccessChange[] | undefined, within: number) {
  const ages = changes?.map((change) => {
    return { by: change.by, age: Date.parse(at) - Date.parse(change.at) };
  });
  return ages?.findLast(({ age }) => age >= 0 && age <= within) ?? null;
}

function duration(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 1) return 'less than a minute';
  const [count, unit] = minutes < 120 ? [minutes, 'minute'] : [Math.floor(ms / HOUR_MS), 'hour'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
