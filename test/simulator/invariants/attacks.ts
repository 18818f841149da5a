import { isSameName } from '../../../events/names.ts';
import type { Outcome, OutcomeKind } from '../../../events/outcome.ts';
import {
  blockingPolicies,
  sameDocument,
} from '../../../functions/domain/rules/blocking-policies.ts';
import type { Account, Version } from '../account.ts';
import type { Act } from '../adversary/adversary.ts';
import { isBlocked, isBreakGlass, mustBeBlocked } from '../oracle.ts';
import { checkByEvents, isAbout, isExplained, type Loud } from './at-rest.ts';
import type { Verdict } from './verdict.ts';

/** What was published, and when. */
export interface Published {
  readonly at: number;
  readonly outcome: Outcome;
}

/**
 * Checks, when nothing is due, that each of an attacker's successes whose event arrived was reported with its name.
 * @param isTimely no fault of AWS delays a report, so that a state kept wrong for minutes must have one
 */
export function checkReported(
  verdict: Verdict,
  account: Account,
  acts: readonly Act[],
  published: readonly Published[],
  loud: Loud,
  now: number,
  isTimely: boolean,
): void {
  for (const act of acts) checkAct(verdict, account, act, published, loud);
  if (account.settings.mode === 'observe' || !isTimely) return;
  for (const name of account.everyone) {
    const own = acts.filter(({ user }) => user === name);
    if (own.length === 0 || isAbout(loud.failedMessages, name)) continue;
    for (const span of wrongSpans(account, name, now)) {
      checkSpan(verdict, name, span, own, published);
    }
  }
}

/** A change of an exemption, a policy, the deny group or another user's device is reported, whatever follows it. */
function checkAct(
  verdict: Verdict,
  account: Account,
  act: Act,
  published: readonly Published[],
  { failedMessages }: Loud,
): void {
  const kind = reportOf(act, account);
  const { sent, eventName, actor, user, at } = act;
  // The exemption of a user who is gone has ended with the tag.
  const isGone = account.history(user ?? '').some((one) => one.at >= at && one.user === null);
  if (eventName === 'UntagUser' && isGone) return;
  if (kind === null || sent === null || sent.arrived === null) return;
  if (failedMessages.some((body) => body.includes(`"${sent.id}"`))) return;
  verdict.check(
    'successes are reported',
    published.some(({ outcome }) => outcome.kind === kind && isOfEvent(outcome, sent.id)),
    () => `${eventName} of ${user ?? 'a policy or group'} by ${actor} (${sent.id}) has no ${kind}`,
  );
}

function reportOf(act: Act, account: Account): OutcomeKind | null {
  const { eventName, parameters, user, actor } = act;
  const { exemptTags } = account.settings;
  const isExempting = (key: string) =>
    key === 'mfa-enforcer:break-glass' || exemptTags.some((one) => isSameName(one.key, key));
  switch (eventName) {
    case 'TagUser':
    case 'CreateUser': {
      const { tags } = parameters as { tags: { key: string }[] };
      return tags.some(({ key }) => isExempting(key)) ? 'exemption-seen' : null;
    }
    case 'UntagUser': {
      const { tagKeys } = parameters as { tagKeys: string[] };
      return tagKeys.some(isExempting) ? 'exemption-seen' : null;
    }
    case 'EnableMFADevice':
      if (user === null || !isSameName(actor, user)) return 'enrolment-suspicious';
      return isFirstByKey(act, account) ? 'enrolment-suspicious' : null;
    case 'CreatePolicyVersion':
    case 'SetDefaultPolicyVersion':
    case 'DeletePolicyVersion':
      return 'policy-changed';
    case 'PutGroupPolicy':
      return 'tampering-seen';
    default:
      return null;
  }
}

// An event is late by 15 minutes at most, and readings lag.
const REVIEWED_WITHIN_MS = 30 * 60_000;

/** Own first devices that an access key enrolled, where the deployment lets only console sessions enrol. */
function isFirstByKey(act: Act, account: Account): boolean {
  const { at, user, isByKey, parameters } = act;
  if (!isByKey || account.settings.enrolWith !== 'console') return false;
  const history = account.history(user ?? '');
  const during = history.filter(({ at: since }, index) => {
    const until = history[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    return until > at - 2 * 60_000 && since < at + REVIEWED_WITHIN_MS;
  });
  // Another device, or another name, and the review may not see a first device.
  return during.every(
    (one) => one.user?.devices.every((serial) => serial === parameters.serialNumber) ?? false,
  );
}

function isOfEvent(outcome: Outcome, eventId: string): boolean {
  return 'cause' in outcome && outcome.cause.kind === 'event' && outcome.cause.eventId === eventId;
}

/** A time in which a user was in the wrong state. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly must: boolean;
}

// The pause in which an administrator may delete a user, and the time until every reading shows a change.
const REPORTED_WITHIN_MS = 8.5 * 60_000;

/** When a user was in the wrong state. */
function wrongSpans(account: Account, name: string, now: number): Span[] {
  const { settings } = account;
  const history = account.history(name);
  const spans: Span[] = [];
  for (const [index, { at, user }] of history.entries()) {
    const to = history[index + 1]?.at ?? now;
    if (user === null) continue;
    const must = mustBeBlocked(user, settings, at);
    const stays = !must && settings.unblock === 'never' && !isBreakGlass(user.tags);
    if (isBlocked(user, settings) === must || stays) continue;
    const last = spans.at(-1);
    if (last && last.to === at && last.must === must) spans[spans.length - 1] = { ...last, to };
    else spans.push({ from: at, to, must });
  }
  return spans;
}

/** Checks a wrong state that an attacker began and that outlasted the time to report it. */
function checkSpan(
  verdict: Verdict,
  name: string,
  { from, to, must }: Span,
  own: readonly Act[],
  published: readonly Published[],
): void {
  const during = own.filter(({ at }) => at >= from && at <= to);
  const [first] = during;
  if (first?.at !== from || !first.sent?.arrived) return;
  const until = first.sent.arrived + REPORTED_WITHIN_MS;
  if (to < until) return;
  const actors = during.map(({ actor }) => actor);
  const isNamed = published.some(({ at, outcome }) => {
    if (at > until) return false;
    // The breaker names a refused user once, with the change that was refused first.
    if (outcome.kind === 'breaker-open') return outcome.users.some((one) => isSameName(one, name));
    return (
      at >= from &&
      'user' in outcome &&
      isSameName(outcome.user, name) &&
      outcome.cause.kind === 'event' &&
      actors.includes(outcome.cause.actor.name)
    );
  });
  const minutes = Math.round((to - from) / 60_000);
  verdict.check(
    'successes are reported',
    isNamed,
    () =>
      `${name} was ${must ? 'unblocked' : 'blocked'} for ${minutes} min after ${first.eventName} ` +
      `by ${first.actor} (${first.sent?.id}), who is not named`,
  );
}

/**
 * Checks after a sweep that could read them that each policy is as deployed. Where the deployed version is gone, or in observe
 * mode, the sweep reports it.
 */
export function checkPolicies(
  verdict: Verdict,
  { iam, settings }: Account,
  { outcomes }: Loud,
): void {
  for (const { arn, document } of blockingPolicies(settings)) {
    const { versions = {}, defaultId = '' } = iam.managed[arn] ?? {};
    const isDeployed = (version: object | undefined) => sameDocument(version ?? null, document);
    const isRestorable = iam.policyExists && Object.values(versions).some(isDeployed);
    const isReported = outcomes.some(
      (one) => one.kind === 'policy-changed' && one.policyArn === arn && one.state !== 'restored',
    );
    verdict.check(
      'policies are restored',
      isRestorable && settings.mode === 'enforce'
        ? isDeployed(versions[defaultId])
        : isReported || isDeployed(versions[defaultId]),
      () => `${arn} is not as deployed`,
    );
  }
}

/**
 * Checks, before any sweep and when nothing is due, every user whom an attacker changed and all of whose last events arrived.
 */
export function checkAfterAttack(
  verdict: Verdict,
  account: Account,
  acts: readonly Act[],
  loud: Loud,
  now: number,
): void {
  if (account.settings.mode === 'observe') return;
  for (const name of account.users) {
    const user = account.user(name);
    const own = acts.filter((act) => act.user === name);
    if (user === null || own.length === 0) continue;
    const last = account.history(name).findLast(({ by }: Version) => by === 'people');
    const isTheirs = own.at(-1)?.at === last?.at;
    const arrived = own.every(({ sent }) => sent === null || sent.arrived !== null);
    if (!isTheirs || !arrived || isExplained(loud, name)) continue;
    checkByEvents(verdict, 'attacks end', account, user, now, `${own.at(-1)?.eventName}`);
  }
}
