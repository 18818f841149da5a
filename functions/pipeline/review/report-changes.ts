import type { IAMClient } from '@aws-sdk/client-iam';
import { isByCloudFormation, isCreation } from '../../../events/cause.ts';
import type { Tampering, UserChange } from '../../../events/message.ts';
import type { Outcome, Reason } from '../../../events/outcome.ts';
import { ownResource } from '../../domain/deployment/own-resources.ts';
import {
  deviceOutcome,
  exemptionOutcome,
  type OutcomeContext,
  tamperingOutcome,
} from '../../domain/outcomes/outcomes.ts';
import { deviceByOther, exemptionChange, isBySelf } from '../../domain/review/exemption-changes.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import { exemptionOf } from '../../domain/rules/exemption.ts';
import { hasPassword } from '../../io/iam-user.ts';
import type { UserRead } from './read-user.ts';
import type { Handled } from './refused-users.ts';
import type { BatchDeps } from './review-deps.ts';
import { userOf } from './review-result.ts';

/** Reports devices that another identity than the user enabled, for every result of the review. A duplicate event reports nothing. */
export async function reportDevices(
  deps: BatchDeps,
  changes: readonly UserChange[],
  results: readonly (Handled | undefined)[],
): Promise<void> {
  const { settings, now } = deps;
  for (const [index, change] of changes.entries()) {
    const serial = deviceByOther(change);
    if (serial === null) continue;
    const result = results[index];
    const user = result && 'outcomes' in result ? userOf(change, result) : change.user;
    const wasBlocked = result?.kind === 'reviewed' ? result.userRead.decision.blocked : null;
    const { cause } = change;
    const outcome = deviceOutcome({ user, cause, settings, now: now() }, { serial, wasBlocked });
    await deps.rateLimited(outcome.id, () => deps.publish([outcome]));
  }
}

/** Reports a change of the enforcer's own resources. */
export async function reportTampering(deps: BatchDeps, tampering: Tampering): Promise<void> {
  const { settings, hub, log } = deps;
  const { call, cause } = tampering;
  const resource = ownResource(tampering, settings, hub);
  if (resource === undefined) {
    const names = tampering.resources.map(({ name }) => name);
    log.info('dropped', { cause, names, reason: 'the event concerns no resource of the enforcer' });
    return;
  }
  log.warn('tampering seen', { account: settings.account, what: call.id, resource, cause });
  const seen = { what: call.id, resource, cause };
  const report = () => deps.publish([tamperingOutcome(seen, settings, deps.now())]);
  // A deployment makes dozens of calls, in an organization in every account.
  const whose = settings.account === hub.account ? 'hub' : 'spokes';
  await (isByCloudFormation(cause)
    ? deps.rateLimited(`cloudformation/${whose}`, report)
    : report());
}

/**
 * One outcome for each change of the batch that concerns the user's exemption, with the change's actor.
 * @throws the error of a failed read
 */
export async function exemptionOutcomes(
  iam: IAMClient,
  context: OutcomeContext,
  task: ReviewTask,
  { facts }: UserRead,
): Promise<Outcome[]> {
  const { profile } = facts;
  if (profile === undefined) return [];
  const { settings, now } = context;
  const news = task.changes.flatMap((change) => {
    const kind = exemptionChange(change, profile, settings, now);
    return kind === null ? [] : [{ change, kind }];
  });
  if (news.length === 0) return [];
  const { exempt, reason } = exemptionOf(profile, settings, now);
  const reasons = [reason];
  // An exempt user with a password is a person or a mistake. Only this outcome needs the reading.
  const password = facts.password ?? passwordByEvents(task);
  if (exempt && (password ?? (await hasPassword(iam, context.user)))) reasons.push(withPassword);
  return news.map(({ change, kind }) =>
    exemptionOutcome({ ...context, cause: change.cause }, kind, isBySelf(change), reasons),
  );
}

/** Whether the user has a password, from the events. It is enough for an outcome, but not for a decision. */
function passwordByEvents({ expects, changes }: ReviewTask): boolean | undefined {
  if (expects.password !== undefined) return expects.password;
  return changes.every(({ cause }) => isCreation(cause)) ? false : undefined;
}

const withPassword: Reason = { code: 'has-password', text: 'console password' };
