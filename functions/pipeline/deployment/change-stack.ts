import { randomUUID } from 'node:crypto';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { SentParameter } from '../../domain/deployment/parameters.ts';
import {
  endOf,
  firstFailure,
  leftBehind,
  type StackEvent,
  type StackFailure,
} from '../../domain/deployment/stack-events.ts';
import {
  createChangeSet,
  deleteChangeSet,
  deleteStack,
  describeChangeSet,
  executeChangeSet,
  lastStackEvent,
  listStackEvents,
  type ResourceChange,
} from '../../io/cloudformation.ts';

/** The dependencies of a change of a stack. */
export interface StackDeps {
  readonly cloudFormation: CloudFormationClient;
  readonly stack: string;
  readonly pause: (ms: number) => Promise<unknown>;
}

/** A change that CloudFormation has worked out, and that can be executed. */
export interface PlannedChange {
  readonly changeSet: string;
  readonly isNew: boolean;
  readonly resources: readonly ResourceChange[];
}

/** CloudFormation refused the template, the parameters or the change. */
export class ChangeRefused extends Error {
  override readonly name = 'ChangeRefused';
}

const POLL_MS = 2_000;
// CloudFormation's two ways to say it (CreateChangeSet, UpdateStack).
const UNCHANGED = /didn't contain changes|No updates are to be performed/;

/**
 * Has CloudFormation work out a change.
 * @returns null where nothing would change
 * @throws ChangeRefused with CloudFormation's reason
 */
export async function planChange(
  { cloudFormation, stack, pause }: StackDeps,
  wanted: {
    readonly isNew: boolean;
    readonly templateUrl: string | null;
    readonly parameters: readonly SentParameter[];
  },
): Promise<PlannedChange | null> {
  const { isNew } = wanted;
  const changeSet = `mfa-enforcer-${randomUUID()}`;
  const refused = (why: string | null) =>
    new ChangeRefused(
      `CloudFormation refused the change of ${stack}, and nothing was deployed: ${why}`,
    );
  const id = await createChangeSet(cloudFormation, { ...wanted, stack, changeSet }).catch(
    (error: Error) => {
      throw error.name === 'ValidationError' ? refused(error.message) : error;
    },
  );
  for (;;) {
    const { status, reason, resources } = await describeChangeSet(cloudFormation, stack, id);
    if (status === 'CREATE_COMPLETE') return { changeSet: id, isNew, resources };
    if (status === 'FAILED') {
      // The change set of a new stack has created the stack, which stays without it (REVIEW_IN_PROGRESS).
      if (isNew) await deleteStack(cloudFormation, stack);
      else await deleteChangeSet(cloudFormation, stack, id);
      if (UNCHANGED.test(reason ?? '')) return null;
      throw refused(reason);
    }
    await pause(POLL_MS);
  }
}

/** Gives up a planned change of an existing stack. */
export async function discardChange(
  { cloudFormation, stack }: StackDeps,
  { changeSet }: PlannedChange,
): Promise<void> {
  await deleteChangeSet(cloudFormation, stack, changeSet);
}

// The execution of one change set deletes the others of the stack (CloudFormation User Guide, "Execute a change set").
const OBSOLETE = /^(ChangeSetNotFound|InvalidChangeSetStatus)/;

const changedMeanwhile = (stack: string) =>
  `The stack ${stack} was changed since this change was worked out, and nothing was deployed. Run this command again.`;

/**
 * Executes a planned change, and follows its events to the end.
 * @param id ARN of the stack
 * @param onEvent called for each event of the stack and its resources
 * @returns null where it was done, else the first cause of the failure
 * @throws ChangeRefused where the stack was changed since
 */
export async function executeChange(
  deps: StackDeps,
  { changeSet, isNew }: PlannedChange,
  id: string,
  onEvent: (event: StackEvent) => void,
): Promise<StackFailure | null> {
  const { cloudFormation, stack } = deps;
  return followOperation(deps, id, isNew ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE', onEvent, () =>
    executeChangeSet(cloudFormation, stack, changeSet).catch((error: Error) => {
      throw OBSOLETE.test(error.name) ? new ChangeRefused(changedMeanwhile(stack)) : error;
    }),
  );
}

/**
 * Starts an operation on a stack, and follows its events to the end.
 * @param wanted status of the stack at the end, as in UPDATE_COMPLETE
 * @returns null where it ended so, else the first cause of the failure
 */
export async function followOperation(
  { cloudFormation, stack, pause }: StackDeps,
  id: string,
  wanted: string,
  onEvent: (event: StackEvent) => void,
  start: () => Promise<void>,
): Promise<StackFailure | null> {
  let last = await lastStackEvent(cloudFormation, id);
  await start();
  const events: StackEvent[] = [];
  for (;;) {
    const more = await listStackEvents(cloudFormation, id, last);
    for (const event of more) onEvent(event);
    events.push(...more);
    last = more.at(-1)?.id ?? last;
    const end = endOf(events, wanted);
    if (end === wanted) return null;
    if (end !== null) {
      const unknown = { resource: stack, type: 'AWS::CloudFormation::Stack', fix: null };
      const cause = firstFailure(events) ?? { ...unknown, reason: 'CloudFormation gave no reason' };
      return { ...cause, stackStatus: end, left: leftBehind(events) };
    }
    await pause(POLL_MS);
  }
}
