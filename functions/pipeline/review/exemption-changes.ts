import type { IAMClient } from '@aws-sdk/client-iam';
import { isCreation } from '../../../events/cause.ts';
import type { Outcome, Reason } from '../../../events/outcome.ts';
import { exemptionOutcome, type OutcomeContext } from '../../domain/outcomes/outcomes.ts';
import { exemptionChange, isBySelf } from '../../domain/review/exemption-changes.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import { exemptionOf } from '../../domain/rules/exemption.ts';
import { hasPassword } from '../../io/iam-user.ts';
import type { UserRead } from './read-user.ts';

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
