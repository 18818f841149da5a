import type { IAMClient } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { oneAccount } from '../../../functions/pipeline/accounts/accounts.ts';
import { Deadline } from '../../../functions/pipeline/review/deadline.ts';
import { enforcerOf } from '../../../functions/pipeline/review/enforcer.ts';
import { handleBatch } from '../../../functions/pipeline/review/handle-batch.ts';
import { sweep } from '../../../functions/pipeline/sweep/scan-account.ts';
import { iamClient } from '../../../functions/runtime/clients.ts';
import { iamClientOver } from '../../fakes/iam-client.ts';
import { IamEndpoint, type Rate } from '../../fakes/iam-endpoint.ts';
import { fillAccount, kindOf, userName } from '../../fakes/large-account.ts';
import { ACCOUNT, results, START, testPipeline } from '../../fakes/pipeline.ts';
import { inVirtualTime } from '../../fakes/virtual-time.ts';

const USERS = 5000;
const MIX = { fido: 5, none: 5, service: 5 };
const LATENCY_MS = 50;
// serverless.yml: maximumConcurrency and timeout of on-iam-change, maxReceiveCount and visibility of its queue.
const COPIES = 2;
const TIMEOUT_MS = 60_000;
const MAX_RECEIVE_COUNT = 5;
const VISIBILITY_MS = 360_000;

interface Night {
  readonly endpoint: IamEndpoint;
  readonly calls: number;
  readonly longestBatchMs: number;
  /** Messages that SQS would have given up. */
  readonly dead: number;
}

/** A sweep and its reviews with the real SDK clients as they are deployed, against a throttled IAM. */
async function night(rate: Rate | null): Promise<Night> {
  const { retryMode, maxAttempts } = iamClient().config;
  const retries = { retryMode: await resolved(retryMode), maxAttempts: await maxAttempts() };
  const { value } = await inVirtualTime(START, async () => {
    const endpoint = new IamEndpoint({ account: ACCOUNT });
    fillAccount(endpoint.iam, USERS, MIX);
    if (rate !== null) endpoint.throttle(rate);
    const client = () => iamClientOver(endpoint, retries, LATENCY_MS);
    const now = () => new Date();
    const pipeline = testPipeline({ blockLimit: USERS });
    const swept = await sweep({ ...pipeline, iam: client(), now }, 'sweep-1');
    expect(swept.kind).toBe('finished');
    const queue: { body: string; tries: number; due: number }[] = [];
    const takeIn = () => {
      for (const { body, delaySeconds } of pipeline.sqs.sent.splice(0)) {
        queue.push({ body, tries: 0, due: Date.now() + delaySeconds * 1000 });
      }
    };
    let longestBatchMs = 0;
    let dead = 0;
    let working = 0;
    const copy = async (iam: IAMClient) => {
      const { settings } = pipeline;
      const enforcer = enforcerOf(iam, settings, pipeline.stateStore, now, pipeline.log);
      const deadline = () => new Deadline(now);
      const accounts = oneAccount(ACCOUNT, { ...pipeline, iam, now, enforcer, deadline });
      takeIn();
      while (queue.length > 0 || working > 0) {
        const batch = queue.filter(({ due }) => due <= Date.now()).slice(0, 10);
        if (batch.length === 0) {
          await new Promise((awake) => setTimeout(awake, 1000));
          continue;
        }
        for (const one of batch) queue.splice(queue.indexOf(one), 1);
        const begin = Date.now();
        working += 1;
        const settled = results(await handleBatch(accounts, batch));
        working -= 1;
        longestBatchMs = Math.max(longestBatchMs, Date.now() - begin);
        for (const [index, { body, tries }] of batch.entries()) {
          if (settled[index] === 'fulfilled') continue;
          // A call may be throttled six times by chance. Then its message comes again, as from the queue.
          if (tries + 1 === MAX_RECEIVE_COUNT) dead += 1;
          else queue.push({ body, tries: tries + 1, due: begin + VISIBILITY_MS });
        }
        takeIn();
      }
    };
    await Promise.all(Array.from({ length: COPIES }, () => copy(client())));
    const calls = Object.values(endpoint.counts).reduce((sum, count) => sum + count, 0);
    return { endpoint, calls, longestBatchMs, dead };
  });
  return value;
}

const resolved = <T>(value: T | (() => Promise<T>)) =>
  typeof value === 'function' ? (value as () => Promise<T>)() : value;

describe('an IAM that allows', () => {
  let unthrottled: Night | undefined;

  it.each([
    [20, 1.1],
    [4, 1.5],
  ])(
    '%i calls a second, 40 at once: no user is missed or wrongly blocked, and calls are at most %f times as many',
    async (perSecond, most) => {
      unthrottled ??= await night(null);
      const throttled = await night({ perSecond, burst: 40 });
      const users = Array.from({ length: USERS }, (_, index) => index);
      const blocked = users.filter((index) => throttled.endpoint.iam.isBlocked(userName(index)));
      expect(blocked).toEqual(users.filter((index) => kindOf(index, MIX) === 'none'));
      expect(throttled.dead).toBe(0);
      expect(throttled.longestBatchMs).toBeLessThan(TIMEOUT_MS);
      expect(throttled.calls / unthrottled.calls).toBeLessThanOrEqual(most);
    },
    60_000,
  );
});
