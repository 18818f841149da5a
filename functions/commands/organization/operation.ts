import {
  DescribeStackSetOperationCommand,
  paginateListStackSetOperationResults,
  paginateListStackSetOperations,
  type StackSetOperationPreferences,
} from '@aws-sdk/client-cloudformation';
import { progressBar } from '../progress.ts';
import type { Context } from './context.ts';
import type { Hub } from './hub.ts';

/** How many accounts at once, and how many may fail before the rest is left alone; both in per cent. */
export interface AccountThrottle {
  readonly maxConcurrent: number;
  readonly failureTolerance: number;
}

/** How an operation ended. */
export interface OperationEnd {
  readonly status: string;
  readonly done: number;
  /** Accounts where it failed or was not tried, with the reason. */
  readonly failed: readonly { readonly account: string; readonly why: string }[];
}

const POLL_MS = 5_000;
const ENDED = ['SUCCEEDED', 'FAILED', 'STOPPED'];

/** As StackSets take it. */
export const preferences = (accountThrottle: AccountThrottle): StackSetOperationPreferences => ({
  MaxConcurrentPercentage: accountThrottle.maxConcurrent,
  FailureTolerancePercentage: accountThrottle.failureTolerance,
  // Or StackSets would go no faster than the tolerance allows failures.
  ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE',
});

/** Waits for operations of somebody else, or of a run of this that was cut off. */
export async function waitForOthers(context: Context, hub: Hub): Promise<void> {
  const { cloudFormation: client, stackSet, terminal } = context;
  const pages = paginateListStackSetOperations(
    { client },
    { StackSetName: stackSet, CallAs: hub.callAs },
  );
  for await (const { Summaries } of pages) {
    for (const { OperationId, Action, Status = '' } of Summaries ?? []) {
      if (OperationId === undefined || ENDED.includes(Status)) continue;
      terminal.err(
        `An operation (${Action}, ${OperationId}) is at work on the set. Waiting for it …\n`,
      );
      await follow(context, hub, OperationId);
    }
  }
}

/**
 * Starts an operation, after whatever got in first.
 * @returns its id
 */
export async function startOperation(
  context: Context,
  hub: Hub,
  start: () => Promise<{ readonly OperationId?: string | undefined }>,
): Promise<string> {
  for (;;) {
    try {
      const { OperationId } = await start();
      if (OperationId === undefined) throw new Error('StackSets answered without an operation');
      return OperationId;
    } catch (error) {
      if (!(error instanceof Error) || !error.name.startsWith('OperationInProgress')) throw error;
      await context.pause(POLL_MS);
      await waitForOthers(context, hub);
    }
  }
}

/** Follows an operation to its end, and shows how far it is. */
export async function follow(
  context: Context,
  hub: Hub,
  OperationId: string,
): Promise<OperationEnd> {
  const { cloudFormation, stackSet, terminal, pause } = context;
  const of = { StackSetName: stackSet, OperationId, CallAs: hub.callAs };
  let bar: ReturnType<typeof progressBar> | null = null;
  let shown = 0;
  for (;;) {
    const { StackSetOperation } = await cloudFormation.send(
      new DescribeStackSetOperationCommand(of),
    );
    const status = StackSetOperation?.Status ?? 'RUNNING';
    const results = await resultsOf(context, of);
    const ended = results.filter((one) => !['PENDING', 'RUNNING'].includes(one.status));
    bar ??= progressBar(terminal, 'accounts', results.length);
    for (; shown < ended.length; shown += 1) bar.tick();
    if (!ENDED.includes(status)) {
      await pause(POLL_MS);
      continue;
    }
    bar.done();
    const failed = results
      .filter((one) => one.status !== 'SUCCEEDED')
      .map(({ account, why }) => ({ account, why }));
    return { status, done: results.length - failed.length, failed };
  }
}

async function resultsOf(
  { cloudFormation: client }: Context,
  of: { StackSetName: string; OperationId: string; CallAs: Hub['callAs'] },
) {
  const results: { account: string; status: string; why: string }[] = [];
  // The SDK leaves the last page's token in what it is given.
  for await (const { Summaries } of paginateListStackSetOperationResults({ client }, { ...of })) {
    for (const { Account = '', Status = 'PENDING', StatusReason } of Summaries ?? []) {
      const why = StatusReason ?? (Status === 'CANCELLED' ? 'was not tried' : Status);
      results.push({ account: Account, status: Status, why });
    }
  }
  return results;
}
