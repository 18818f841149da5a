import type { IAMClient } from '@aws-sdk/client-iam';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Cause } from '../../events/cause.ts';
import type { Outcome, SweepTotals } from '../../events/outcome.ts';
import type { PolicyCheck, ReviewRequest } from '../../events/review-request.ts';
import { mendGroup } from '../../events/tampering.ts';
import type { Decision } from '../domain/decide.ts';
import { exemptionOf } from '../domain/exemption.ts';
import { guardedPolicies, sameDocument } from '../domain/guarded-policies.ts';
import { type HoldRoom, holdRoom } from '../domain/hold-limit.ts';
import { breakerOutcome, NAMED_AT_MOST, tamperingOutcome } from '../domain/outcomes.ts';
import type { Settings } from '../domain/settings.ts';
import { addToTotals, noTotals, stateOf } from '../domain/totals.ts';
import { getGroupPolicy } from '../io/iam/get-group-policy.ts';
import { getPolicy } from '../io/iam/get-policy.ts';
import { listMfaDevices } from '../io/iam/list-mfa-devices.ts';
import { sendMessages } from '../io/send-messages.ts';
import { type Examined, examine } from './examine.ts';
import { inspectPolicy } from './inspect-policy.ts';
import { surveyUsers } from './survey.ts';

export interface Sweeper {
  readonly iam: IAMClient;
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly settings: Settings;
  readonly now: () => Date;
}

/** What a sweep found, and what is to be told of it. */
interface Swept {
  readonly finished: SweepFinished;
  readonly outcomes: readonly Outcome[];
}

type SweepFinished = Extract<Outcome, { kind: 'sweep-finished' }>;
type Difference = SweepFinished['differing'][number];

// An exemption that ends is announced a week and a day before: by one nightly sweep each.
const ANNOUNCED_DAYS = [7, 1];

/**
 * Reads the account in bulk and sends everyone who differs from what they should be to review. It never acts
 * on its own reading: the review reads again. In observe mode nothing is sent; the summary is the news.
 * @param sweepId names this sweep in its requests and its summary
 * @returns the summary, and the outcomes to publish
 * @throws whatever a failed read throws: a sweep that could not see everyone does not say it has
 */
export async function sweep(sweeper: Sweeper, sweepId: string): Promise<Swept> {
  const { iam, settings, now } = sweeper;
  const cause: Cause = { kind: 'sweep', sweepId, startedAt: now().toISOString() };
  let totals: SweepTotals = noTotals;
  const differing: Difference[] = [];
  const endingExemptions: SweepFinished['endingExemptions'] = [];
  const breakGlassWithoutMfa: string[] = [];
  const heldUsers: string[] = [];

  const everyone = surveyUsers(iam, settings, async (known) => {
    const examined = await examine(iam, settings, known, now());
    return examined && withDevicesOfBreakGlass(iam, examined);
  });
  for await (const { facts, decision } of everyone) {
    totals = addToTotals(totals, decision);
    const ends = exemptionOf(facts.profile?.tags ?? {}, settings, now()).ends;
    if (decision.standing === 'exempt' && ends && ANNOUNCED_DAYS.includes(ends.daysLeft)) {
      endingExemptions.push({ user: facts.user, until: ends.until });
    }
    if (isBreakGlass(decision) && facts.devices?.length === 0)
      breakGlassWithoutMfa.push(facts.user);
    if (stateOf(decision) === 'held') heldUsers.push(facts.user);
    if (decision.action === 'none') continue;
    differing.push({ user: facts.user, action: decision.action, reasons: [...decision.reasons] });
  }
  const { within, beyond } = await underTheLimit(sweeper, totals, differing);
  if (settings.mode === 'enforce') await sendToReview(sweeper, cause, within);
  await sendChangedPolicies(sweeper, cause);
  const outcomes = await lookAtGroup(sweeper, cause);

  const finished: SweepFinished = {
    kind: 'sweep-finished',
    version: 1,
    id: `sweep-finished/${settings.account}/${sweepId}`,
    account: settings.account,
    alias: null,
    accountName: null,
    rolledUp: false,
    at: now().toISOString(),
    mode: settings.mode,
    sweepId,
    startedAt: cause.startedAt,
    totals,
    differences: differing.length,
    breakGlassWithoutMfa: breakGlassWithoutMfa.slice(0, NAMED_AT_MOST),
    heldUsers: heldUsers.slice(0, NAMED_AT_MOST),
    endingExemptions: endingExemptions.slice(0, NAMED_AT_MOST),
    differing: differing.slice(0, NAMED_AT_MOST),
  };
  outcomes.push(finished);
  if (beyond !== null) {
    outcomes.push(breakerOutcome(beyond.users, beyond.room, cause, settings, now()));
  }
  return { finished, outcomes };
}

const isBreakGlass = ({ reasons }: Decision) => reasons.some(({ code }) => code === 'break-glass');

/** Nothing ever holds a break-glass user, so a missing device is looked for and told. */
async function withDevicesOfBreakGlass(
  iam: IAMClient,
  examined: Examined,
): Promise<Examined | null> {
  const { facts, decision } = examined;
  if (!isBreakGlass(decision) || facts.devices !== undefined) return examined;
  const devices = await listMfaDevices(iam, facts.user);
  return devices && { decision, facts: { ...facts, devices } };
}

interface Beyond {
  readonly users: readonly string[];
  readonly room: HoldRoom;
}

/**
 * The breaker's rule for a whole sweep: whoever would be held beyond the limit is told of once, instead of
 * being sent to be refused one by one.
 */
async function underTheLimit(
  { iam, settings }: Sweeper,
  totals: SweepTotals,
  differing: readonly Difference[],
): Promise<{ within: readonly Difference[]; beyond: Beyond | null }> {
  const toHold = differing.filter(({ action }) => action === 'hold');
  if (toHold.length === 0) return { within: differing, beyond: null };
  const policy = await getPolicy(iam, settings.policyArn);
  // Without the policy nobody can be held: the reviews will say so.
  if (policy === null) return { within: differing, beyond: null };
  const room = holdRoom(
    { held: Math.max(policy.attachmentCount, totals.held), users: totals.users },
    settings.holdLimit,
  );
  const tooMany = new Set(toHold.slice(room.room).map(({ user }) => user));
  if (tooMany.size === 0) return { within: differing, beyond: null };
  const within = differing.filter(({ user }) => !tooMany.has(user));
  return { within, beyond: { users: [...tooMany], room } };
}

async function sendToReview(
  { sqs, queueUrl, settings }: Sweeper,
  cause: Cause,
  differing: readonly Difference[],
): Promise<void> {
  const bodies = differing.map(({ user }) => {
    const request: ReviewRequest = {
      schema: 'mfa-enforcer/review-request/1',
      account: settings.account,
      user,
      cause,
    };
    return JSON.stringify(request);
  });
  await sendMessages(sqs, queueUrl, bodies);
}

/** A policy that is not as deployed goes to review too, which may put it back. */
async function sendChangedPolicies({ iam, sqs, queueUrl, settings }: Sweeper, cause: Cause) {
  const bodies: string[] = [];
  for (const policy of guardedPolicies(settings)) {
    const { kind } = await inspectPolicy(iam, policy);
    if (kind === 'intact') continue;
    const check: PolicyCheck = {
      schema: 'mfa-enforcer/policy-check/1',
      account: settings.account,
      policyArn: policy.arn,
      cause,
    };
    bodies.push(JSON.stringify(check));
  }
  await sendMessages(sqs, queueUrl, bodies);
}

/** The deny group's own copy of the document cannot be put back (that right could not be pinned), so it is told. */
async function lookAtGroup({ iam, settings, now }: Sweeper, cause: Cause): Promise<Outcome[]> {
  const { denyGroup } = settings;
  const [policy] = guardedPolicies(settings);
  // The group's inline policy is named like the group.
  const document = await getGroupPolicy(iam, denyGroup, denyGroup);
  if (sameDocument(document, policy?.document)) return [];
  const what = `left the deny group (${denyGroup}) without the policy it must carry`;
  const mend = mendGroup(denyGroup);
  return [tamperingOutcome({ account: settings.account, what, mend, cause }, settings, now())];
}
