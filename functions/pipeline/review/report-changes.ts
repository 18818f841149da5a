import type { IAMClient } from '@aws-sdk/client-iam';
import { isByCloudFormation, isCreation } from '../../../events/cause.ts';
import type { Credential } from '../../../events/iam-change.ts';
import type { Tampering, UserChange } from '../../../events/message.ts';
import type { Outcome, Reason } from '../../../events/outcome.ts';
import { ownResource } from '../../domain/deployment/own-resources.ts';
import {
  exemptionOutcome,
  type OutcomeContext,
  slackMemberOf,
  tamperingOutcome,
} from '../../domain/outcomes/outcomes.ts';
import {
  exemptionChange,
  isBySelf,
  isExemptingTag,
} from '../../domain/review/exemption-changes.ts';
import { isFresh } from '../../domain/review/stale-reads.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import { endsByPassword, exemptionOf } from '../../domain/rules/exemption.ts';
import { getUser, hasPassword } from '../../io/iam-user.ts';
import type { UserRead } from './read-user.ts';
import type { BatchDeps, ReviewDeps } from './review-deps.ts';

/**
 * Reports a new credential of an exempt user, which works without MFA. It costs one call of IAM, or two where a password ends
 * exemptions.
 * @returns stale if IAM does not show the user yet
 * @throws the error of a failed read
 */
export async function reportCredential(
  { iam, settings, now, publish }: BatchDeps,
  change: UserChange,
  credential: Credential,
): Promise<'stale' | 'done'> {
  if (!settings.reportCredentials) return 'done';
  const { cause } = change;
  const read = await getUser(iam, change.user);
  if (read === null) {
    const isNew = cause.kind === 'event' && isFresh(new Date(cause.eventTime), now());
    return isNew ? 'stale' : 'done';
  }
  const { user, profile } = read;
  const exemption = exemptionOf(profile, settings, now());
  const isEnded = endsByPassword(exemption, settings) && (await hasPassword(iam, user));
  if (!exemption.exempt || isEnded) return 'done';
  const slackMember = slackMemberOf(profile.tags, settings);
  const context = { user, slackMember, cause, settings, now: now() };
  await publish([exemptionOutcome(context, credential, isBySelf(change), [exemption.reason])]);
  return 'done';
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

/**
 * One outcome for each change that tagged a user as exempt who is not there any more. A user who was renamed since keeps the
 * tag, and the event of the new name does not show who set it.
 */
export function goneExemptionOutcomes(
  { settings, now }: Pick<ReviewDeps, 'settings' | 'now'>,
  { user, changes }: ReviewTask,
): Outcome[] {
  const context = { user, settings, now: now(), slackMember: null };
  return changes
    .filter((change) => isExemptingTag(change, settings))
    .map((change) =>
      exemptionOutcome({ ...context, cause: change.cause }, 'granted', isBySelf(change), [isGone]),
    );
}

const isGone: Reason = { code: 'user-gone', text: 'the user was renamed or deleted since' };

/** Whether the user has a password, from the events. It is enough for an outcome, but not for a decision. */
function passwordByEvents({ expects, changes }: ReviewTask): boolean | undefined {
  if (expects.password !== undefined) return expects.password;
  return changes.every(({ cause }) => isCreation(cause)) ? false : undefined;
}

const withPassword: Reason = { code: 'has-password', text: 'console password' };
