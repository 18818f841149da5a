import type { OrganizationAccount } from '../../functions/io/organizations.ts';
import { nightlySweep } from '../../functions/nightly-sweep.ts';
import { handleSweepMessage } from '../../functions/pipeline/sweep/sweep-account.ts';
import { MemoryOrganizations } from './memory-organizations.ts';
import { ACCOUNT, hubOf, SWEEPS_URL, type TestPipeline } from './pipeline.ts';
import { context, sqsEventOf } from './sqs-event.ts';

export { SWEEPS_URL } from './pipeline.ts';

/** The dependencies of nightly-sweep in a pipeline in memory. */
export function sweepHub(
  pipeline: TestPipeline,
  organization: {
    readonly id: string;
    readonly accounts: readonly OrganizationAccount[];
  } | null = null,
): TestPipeline {
  return {
    ...pipeline,
    organization: organization?.id ?? null,
    organizations: new MemoryOrganizations(organization?.accounts ?? []),
  };
}

/** A night: starts the sweep, then delivers the messages of its own queue. @returns how many of these failed */
export async function sweepNightly(
  hub: TestPipeline,
  event: { readonly id?: string } | null = { id: 'sweep-1' },
): Promise<number> {
  const handler = nightlySweep(hubOf(hub));
  await handler(event, context);
  return deliverSweeps(hub);
}

/** Delivers the messages of the queue of sweeps, one for each invocation. @returns how many failed */
export async function deliverSweeps(hub: TestPipeline): Promise<number> {
  const handler = nightlySweep(hubOf(hub));
  let failed = 0;
  for (const body of takeSweeps(hub)) {
    const answer = await handler(sqsEventOf([body]), context);
    if ('batchItemFailures' in answer) failed += answer.batchItemFailures.length;
  }
  return failed;
}

/** Removes the messages of the queue of sweeps, and returns them. */
export function takeSweeps({ sqs }: Pick<TestPipeline, 'sqs'>): string[] {
  const bodies = sqs.sent.filter(({ queueUrl }) => queueUrl === SWEEPS_URL);
  const others = sqs.sent.filter(({ queueUrl }) => queueUrl !== SWEEPS_URL);
  sqs.sent.splice(0, sqs.sent.length, ...others);
  return bodies.map(({ body }) => body);
}

/** The message that asks for a sweep of the account, which begins now. */
export function sweepMessage({ clock }: Pick<TestPipeline, 'clock'>, sweepId = 'sweep-1'): string {
  return JSON.stringify({
    schema: 'mfa-enforcer/sweep-request/1',
    account: ACCOUNT,
    sweepId,
    startedAt: new Date(clock.time).toISOString(),
  });
}

/**
 * Sweeps as Lambda does: message by message, with the time that each waits. Other messages stay in the queue.
 * @returns the delays of the messages that came back, in seconds
 */
export async function sweepByMessages(
  pipeline: TestPipeline,
  msLeft: () => number = () => 900_000,
  sweepId = 'sweep-1',
): Promise<number[]> {
  const hub = sweepHub(pipeline);
  const delays: number[] = [];
  let body: string | undefined = sweepMessage(pipeline, sweepId);
  while (body !== undefined) {
    await handleSweepMessage(hubOf(hub), body, msLeft);
    const sent = pipeline.sqs.sent.splice(0);
    const isSweep = ({ body }: { body: string }) => body.includes('mfa-enforcer/sweep-request/');
    pipeline.sqs.sent.push(...sent.filter((one) => !isSweep(one)));
    const next = sent.find(isSweep);
    if (next !== undefined && next.delaySeconds > 0) delays.push(next.delaySeconds);
    pipeline.clock.time += (next?.delaySeconds ?? 0) * 1000;
    body = next?.body;
  }
  return delays;
}
