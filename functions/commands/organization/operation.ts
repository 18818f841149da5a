import {
  DescribeStackSetOperationCommand,
  paginateListStackSetOperationResults,
  paginateListStackSetOperations,
  type StackSetOperationPreferences,
} from '@aws-sdk/client-cloudformation';
import { progressBar } from '../progress.ts';
import type { Context } from './context.ts';
import type { Hub } from './hub.ts';

/** How many accounts StackSets change in parallel, and how many may fail before they stop; both in per cent. */
export interface AccountThrottle {
  readonly maxConcurrent: number;
  readonly failureTolerance: number;
}

/** How an operation ended. */
export interface OperationEnd {
  readonly status: string;
  readonly done: number;
  /** Accounts where the operation failed or was not tried, with the reason. */
  readonly failed: readonly { readonly account: string; readonly why: string }[];
}

const POLL_MS = 5_000;
const ENDED = ['SUCCEEDED', 'FAILED', 'STOPPED'];

/** The same as StackSets' OperationPreferences. */
export const preferences = (accountThrottle: AccountThrottle): StackSetOperationPreferences => ({
  MaxConcurrentPercentage: accountThrottle.maxConcurrent,
  FailureTolerancePercentage: accountThrottle.failureTolerance,
  // The default, STRICT_FAILURE_TOLERANCE, limits the concurrency to the failure tolerance plus one.
  ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE',
});

/** Waits for operations that another caller, or an interrupted run of this command, has started. */
export async function waitForOthers(context: Context, hub: Hub): Promise<void> {
  const { clients, stackSet, terminal } = context;
  const pages = paginateListStackSetOperations(
    { client: clients.cloudFormation },
    { StackSetName: stackSet, CallAs: hub.callAs },
  );
  for await (const { Summaries } of pages) {
    for (const { OperationId, Action, Status = '' } of Summaries ?? []) {
      if (OperationId === undefined || ENDED.includes(Status)) continue;
      terminal.err(
        `Another operation on the stack set is running (${Action}, ${OperationId}). Waiting for its end …\n`,
      );
      await follow(context, hub, OperationId);
    }
  }
}

/**
 * Starts an operation, after the operations that are running already.
 * @returns its ID
 */
export async function startOperation(
  context: Context,
  hub: Hub,
  start: () => Promise<{ readonly OperationId?: string | undefined }>,
): Promise<string> {
  for (;;) {
    try {
      const { OperationId } = await start();
      if (OperationId === undefined) throw new Error('StackSets returned no operation ID');
      return OperationId;
    } catch (error) {
      if (!(error instanceof Error) || !error.name.startsWith('OperationInProgress')) throw error;
      await context.terminal.pause(POLL_MS);
      await waitForOthers(context, hub);
    }
  }
}

/** Waits for the end of an operation and shows its progress. */
export async function follow(
  context: Context,
  hub: Hub,
  OperationId: string,
): Promise<OperationEnd> {
  const { clients, stackSet, terminal } = context;
  const of = { StackSetName: stackSet, OperationId, CallAs: hub.callAs };
  let bar: ReturnType<typeof progressBar> | null = null;
  let shown = 0;
  for (;;) {
    const { StackSetOperation } = await clients.cloudFormation.send(
      new DescribeStackSetOperationCommand(of),
    );
    const status = StackSetOperation?.Status ?? 'RUNNING';
    const results = await resultsOf(context, of);
    const ended = results.filter((one) => !['PENDING', 'RUNNING'].includes(one.status));
    bar ??= progressBar(terminal, 'Accounts', results.length);
    for (; shown < ended.length; shown += 1) bar.tick();
    if (!ENDED.includes(status)) {
      await terminal.pause(POLL_MS);
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
  { clients }: Context,
  of: { StackSetName: string; OperationId: string; CallAs: Hub['callAs'] },
) {
  const results: { account: string; status: string; why: string }[] = [];
  // The paginator writes the page token into its input, so it gets a copy.
  for await (const { Summaries } of paginateListStackSetOperationResults(
    { client: clients.cloudFormation },
    { ...of },
  )) {
    for (const { Account = '', Status = 'PENDING', StatusReason } of Summaries ?? []) {
      const why = StatusReason ?? (Status === 'CANCELLED' ? 'was not tried' : Status);
      results.push({ account: Account, status: Status, why });
    }
  }
  return results;
}
