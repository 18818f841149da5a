import { describe, expect, it } from 'vitest';
import { type Counts, fillAccount, type Mix } from '../../fakes/large-account.ts';
import { sweepByMessages } from '../../fakes/nightly.ts';
import { handle, type TestPipeline, testPipeline } from '../../fakes/pipeline.ts';

const PER_PAGE = 1000;
const pages = (users: number) => Math.max(1, Math.ceil(users / PER_PAGE));

/** Calls of a person's own: what may not be made for everybody. */
const FOR_NOBODY = ['ListUsers', 'GetUser', 'GetCallerIdentity'];

/** An IAM that makes the credential report on request, in five seconds. */
function accountOf(
  users: number,
  mix: Mix,
  change: Parameters<typeof testPipeline>[0] = {},
): { pipeline: TestPipeline; counts: Counts } {
  const pipeline = testPipeline({ blockLimit: users, ...change });
  pipeline.iam.credentialReport.takesMs = () => 5_000;
  return { pipeline, counts: fillAccount(pipeline.iam, users, mix) };
}

/** A sweep, and the reviews that it asks for, as Lambda brings them, a day after the last. @returns the calls of IAM */
async function night(pipeline: TestPipeline, id: string) {
  const { iam, sqs, clock } = pipeline;
  clock.time += 24 * 60 * 60 * 1000;
  const begin = iam.calls.length;
  await sweepByMessages(pipeline, () => 900_000, id);
  const swept = iam.calls.slice(begin).map(({ action }) => action);
  while (sqs.sent.length > 0) {
    await handle(pipeline, ...sqs.sent.splice(0, 10).map(({ body }) => body));
  }
  const calls = iam.calls.slice(begin).map(({ action }) => action);
  return { swept, calls };
}

/** A copy grants half of the room before it counts again: where more are to be blocked at once, it counts again. */
function beyondTheFirstLease(limit: number, { none }: Counts): number {
  return none > limit / 2 ? Math.ceil(2 * Math.log2(limit)) : 0;
}

const writes = (calls: readonly string[]) =>
  calls.filter((action) => !/^(Generate|Get|List)/.test(action));

describe.each([
  [100, { fido: 0, none: 5, service: 5 }],
  [1000, { fido: 0, none: 5, service: 5 }],
  [5000, { fido: 0, none: 5, service: 5 }],
  [100, { fido: 20, none: 5, service: 5 }],
  [1000, { fido: 20, none: 5, service: 5 }],
  [5000, { fido: 20, none: 5, service: 5 }],
  [100, { fido: 100, none: 0, service: 0 }],
  [5000, { fido: 100, none: 0, service: 0 }],
  [5000, { fido: 0, none: 0, service: 0 }],
  [1000, { fido: 0, none: 100, service: 0 }],
  [1000, { fido: 0, none: 0, service: 100 }],
  [1, { fido: 0, none: 100, service: 0 }],
] as const)('the calls of a sweep of %i users, in a hundred of them %j', (users, mix) => {
  it('are few, and fewer the next night, which writes nothing', async () => {
    const { pipeline, counts } = accountOf(users, mix);
    const bulk = pages(users) + pages(counts.virtual);

    const first = await night(pipeline, 'first');
    const most = bulk + 4 * counts.none + 14 + beyondTheFirstLease(users, counts);
    expect(first.calls.length).toBeLessThanOrEqual(most);
    expect(writes(first.calls)).toEqual(Array(counts.none).fill('AttachUserPolicy'));

    const second = await night(pipeline, 'second');
    expect(second.calls.length).toBeLessThanOrEqual(bulk + 6);
    expect(second.calls.length).toBeLessThanOrEqual(users <= 1000 ? 9 : 24);
    expect(writes(second.calls)).toEqual([]);
    for (const { swept } of [first, second]) {
      expect(swept.filter((action) => FOR_NOBODY.includes(action))).toEqual([]);
    }
  });
});

it('a sweep of console users reads no user', async () => {
  const mix = { fido: 10, none: 10, service: 0 };
  const { pipeline, counts } = accountOf(1000, mix, { scope: 'console-users' });
  for (let index = 0; index < 50; index += 1) pipeline.iam.put(`robot-${index}`);
  const first = await night(pipeline, 'first');
  expect(first.calls.length).toBeLessThanOrEqual(2 + 1 + 5 * counts.none + 14);
  const { calls } = await night(pipeline, 'second');
  expect(calls.length).toBeLessThanOrEqual(9);
});

describe('a second sweep within four hours, for which IAM makes no new report', () => {
  it('reads the users with only a hardware or FIDO device, and no blocked one', async () => {
    const { pipeline, counts } = accountOf(1000, { fido: 20, none: 5, service: 5 });
    await night(pipeline, 'first');
    pipeline.clock.time -= 23 * 60 * 60 * 1000;
    const { calls } = await night(pipeline, 'second');
    expect(calls.filter((action) => action === 'ListMFADevices')).toHaveLength(counts.fido);
    expect(calls.length).toBeLessThanOrEqual(2 + counts.fido + 6);
  });

  it('of console users reads no devices of users without a password', async () => {
    const mix = { fido: 10, none: 10, service: 0 };
    const { pipeline, counts } = accountOf(1000, mix, { scope: 'console-users' });
    for (let index = 0; index < 50; index += 1) pipeline.iam.put(`robot-${index}`);
    await night(pipeline, 'first');
    pipeline.clock.time -= 23 * 60 * 60 * 1000;
    const { calls } = await night(pipeline, 'second');
    expect(calls.filter((action) => action === 'GetLoginProfile')).toHaveLength(counts.fido + 50);
    expect(calls.filter((action) => action === 'ListMFADevices')).toHaveLength(counts.fido);
  });
});

it('short pages cost what they cost, and nothing more', async () => {
  const { pipeline, counts } = accountOf(1000, { fido: 0, none: 5, service: 5 });
  pipeline.iam.pages = { size: 100, empty: false };
  const { calls } = await night(pipeline, 'first');
  const bulk = Math.ceil(1000 / 100) + Math.ceil(counts.virtual / 100);
  expect(calls.length).toBeLessThanOrEqual(bulk + 4 * counts.none + 14);
});
