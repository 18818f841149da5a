import { describe, expect, it } from 'vitest';
import { SweepRequest } from '../../../../events/requests.ts';
import { stateKeys } from '../../../../events/state-keys.ts';
import { oneAccount } from '../../../../functions/pipeline/accounts/accounts.ts';
import { handleBatch } from '../../../../functions/pipeline/review/handle-batch.ts';
import { handleSweepMessage } from '../../../../functions/pipeline/sweep/sweep-account.ts';
import { accessDenied, type MemoryUser, serviceFailure } from '../../../fakes/memory-iam.ts';
import { sweepByMessages, sweepHub, sweepMessage } from '../../../fakes/nightly.ts';
import {
  ACCOUNT,
  hubOf,
  POLICY,
  START,
  sweepAll,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const FIDO = `arn:aws:iam::${ACCOUNT}:u2f/user/dana/key`;
const VIRTUAL = `arn:aws:iam::${ACCOUNT}:mfa/dana`;
const HOUR_MS = 3_600_000;

/** The calls about single users. */
const asked = ({ iam }: TestPipeline) =>
  iam.calls.filter(({ input }) => input.UserName !== undefined).map(({ action }) => action);

describe('a credential report that IAM made since the sweep began', () => {
  const breakGlass = { 'mfa-enforcer:break-glass': 'true' };

  it.each<[string, Partial<MemoryUser>, string | undefined, Partial<Record<string, unknown>>]>([
    ['a user with a FIDO key', { devices: [FIDO] }, undefined, { protected: 1 }],
    ['a user with a hardware device', { devices: ['GAHT1'] }, undefined, { protected: 1 }],
    ['a user without a device', {}, 'block', { unprotected: 1 }],
    ['a blocked user without a device', { policies: [POLICY] }, undefined, { blocked: 1 }],
    [
      'a blocked user with a device',
      { policies: [POLICY], devices: [FIDO] },
      'unblock',
      { protected: 1 },
    ],
    ['a break-glass user with a device', { tags: breakGlass, devices: [FIDO] }, undefined, {}],
    ['a break-glass user without a device', { tags: breakGlass }, undefined, { exempt: 1 }],
  ])('decides without a call: %s', async (_, user, action, totals) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', user);
    const { finished } = await sweepAll(pipeline);
    expect(asked(pipeline)).toEqual([]);
    expect(finished.differing.map((one) => one.action)).toEqual(action ? [action] : []);
    expect(finished.totals).toMatchObject(totals);
    const isNamed = user.tags !== undefined && user.devices === undefined;
    expect(finished.breakGlassWithoutMfa).toEqual(isNamed ? ['dana'] : []);
  });

  it.each([
    ['scope console-users', { scope: 'console-users' }, {}],
    [
      'ExemptPassword ends-exemption',
      { exemptPassword: 'ends-exemption' },
      { tags: { userType: 'Service' } },
    ],
  ] as const)('has the password, too: %s', async (_, change, user) => {
    const pipeline = testPipeline(change);
    pipeline.iam.put('dana', { ...user, password: true });
    pipeline.iam.put('machine', user);
    const { finished } = await sweepAll(pipeline);
    expect(asked(pipeline)).toEqual([]);
    expect(finished.differing.map((one) => one.user)).toEqual(['dana']);
  });

  it.each<[string, (pipeline: TestPipeline) => void]>([
    [
      'of an earlier user of the name',
      ({ iam }) => {
        iam.put('dana', { createdAt: new Date(START) });
        iam.rowLag = () => HOUR_MS;
      },
    ],
    [
      'that is missing, as the user was created since',
      ({ iam, clock }) => {
        iam.remove('dana');
        clock.time += HOUR_MS;
        iam.put('dana', { createdAt: new Date(clock.time) });
        iam.rowLag = () => 1;
      },
    ],
    [
      'with a cell that is neither true nor false',
      (pipeline) => {
        const call = pipeline.iam.call.bind(pipeline.iam);
        pipeline.iam.call = (action, input) => {
          const answer = call(action, input) as { Content?: Uint8Array };
          if (answer.Content === undefined) return answer;
          const csv = new TextDecoder().decode(answer.Content).replaceAll(/,(true|false)/g, ',N/A');
          return { ...answer, Content: new TextEncoder().encode(csv) };
        };
      },
    ],
  ])('leaves a user to a live reading without a row, or with one %s', async (_, spoil) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [FIDO] });
    pipeline.clock.time += 2 * HOUR_MS;
    pipeline.iam.put('dana', { devices: [] });
    spoil(pipeline);
    const { finished } = await sweepAll(pipeline);
    expect(asked(pipeline)).toEqual(['ListMFADevices']);
    expect(finished.differing).toMatchObject([{ user: 'dana', action: 'block' }]);
  });

  it('does not count against a virtual device of the younger bulk reading', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.clock.time += HOUR_MS;
    pipeline.iam.put('dana', { devices: [VIRTUAL] });
    pipeline.iam.rowLag = () => HOUR_MS / 2;
    expect((await sweepAll(pipeline)).finished.totals).toMatchObject({ protected: 1 });
  });

  it.each([
    ['blocks no user', {}, { devices: [FIDO] }, false],
    ['unblocks no user', { devices: [FIDO], policies: [POLICY] }, { devices: [] }, true],
  ])('%s: the review reads the devices', async (_, before, now, isBlocked) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', before);
    pipeline.clock.time += HOUR_MS;
    pipeline.iam.put('dana', now);
    pipeline.iam.rowLag = () => HOUR_MS / 2;
    expect((await sweepAll(pipeline)).finished.differences).toBe(1);
    const bodies = pipeline.sqs.sent.splice(0).map(({ body }) => ({ body }));
    expect(bodies).toHaveLength(1);
    await handleBatch(hubOf(pipeline), bodies);
    expect(pipeline.iam.isBlocked('dana')).toBe(isBlocked);
    expect(pipeline.iam.writes).toEqual([]);
  });

  it('is read again, and still used, by the next run of the sweep', async () => {
    const pipeline = account(4, { pageSize: 2 });
    pipeline.iam.credentialReport.takesMs = () => 5_000;
    const { iam } = pipeline;
    await sweepByMessages(pipeline, () => 0);
    expect(iam.count('GenerateCredentialReport')).toBe(2);
    expect(iam.count('GetCredentialReport')).toBe(2);
    expect(iam.count('ListMFADevices')).toBe(0);
  });
});

describe('a sweep that waits for the credential report', () => {
  it.each([
    ['is there', 0, []],
    ['takes five seconds', 5_000, [10]],
    ['takes half a minute', 30_000, [10, 20]],
    ['takes nine minutes', 540_000, [10, 20, 30, 60, 120, 180, 180]],
  ])('comes back where the report %s', async (_, takesMs, delays) => {
    const pipeline = account(3);
    pipeline.iam.credentialReport.takesMs = () => takesMs;
    if (takesMs === 0) pipeline.iam.credentialReport.madeBefore(pipeline.clock.time);
    expect(await sweepByMessages(pipeline)).toEqual(delays);
    expect(pipeline.iam.count('ListMFADevices')).toBe(0);
    expect(finishedOf(pipeline)).toMatchObject([{ totals: { users: 3 }, failedParts: [] }]);
  });

  it.each<[string, (pipeline: TestPipeline) => void, number[]]>([
    [
      'is not there after ten minutes',
      ({ iam }) => {
        iam.credentialReport.takesMs = () => HOUR_MS;
      },
      [10, 20, 30, 60, 120, 180, 180],
    ],
    [
      'may not be made',
      ({ iam }) => {
        iam.credentialReport.takesMs = () => 0;
        iam.failNext('GenerateCredentialReport', accessDenied);
      },
      [],
    ],
    ['may not be read', ({ iam }) => iam.failNext('GetCredentialReport', serviceFailure), []],
  ])('reads the users one by one where it %s, and names that part', async (_, spoil, delays) => {
    const pipeline = account(3);
    spoil(pipeline);
    expect(await sweepByMessages(pipeline)).toEqual(delays);
    expect(pipeline.iam.count('ListMFADevices')).toBe(3);
    expect(finishedOf(pipeline)).toMatchObject([
      { totals: { users: 3 }, failedParts: [{ part: 'credential-report' }] },
    ]);
    expect(pipeline.logged).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('one by one') }),
    );
  });

  it('probes the event path and checks the policies once', async () => {
    const deps = { ...account(3), probe: 'nightly' as const };
    const pipeline = { ...deps, accounts: oneAccount(ACCOUNT, deps) };
    pipeline.iam.credentialReport.takesMs = () => 60_000;
    expect(await sweepByMessages(pipeline)).toEqual([10, 20, 30]);
    expect(pipeline.iam.count('TagPolicy')).toBe(1);
    expect(pipeline.iam.count('GetGroupPolicy')).toBe(1);
  });

  it('has one more of its calls for each wait', async () => {
    const pipeline = account(3);
    pipeline.iam.credentialReport.takesMs = () => 60_000;
    await sweepByMessages(pipeline);
    const { iam } = pipeline;
    expect(iam.count('GenerateCredentialReport')).toBe(4);
    expect(iam.calls).toHaveLength(
      4 + ['report', 'policies', 'group', 'devices', 'users', 'alias'].length,
    );
  });

  it('fails where its message cannot be sent, and so is tried again', async () => {
    const pipeline = account(3);
    pipeline.iam.credentialReport.takesMs = () => 60_000;
    const send = pipeline.sqs.send.bind(pipeline.sqs);
    pipeline.sqs.send = () => Promise.reject(new Error('SQS is unavailable'));
    const run = handleSweepMessage(
      hubOf(sweepHub(pipeline)),
      sweepMessage(pipeline),
      () => HOUR_MS,
    );
    await expect(run).rejects.toThrow('SQS is unavailable');
    pipeline.sqs.send = send;
    expect(finishedOf(pipeline)).toEqual([]);
  });

  it.each([[{}], [{ reportWaits: 3 }]])('reads a message with %j', (more) => {
    const request = { ...(JSON.parse(sweepMessage(account(0))) as object), ...more };
    expect(SweepRequest.parse(request)).toEqual(request);
  });
});

describe('who is dormant', () => {
  it.each([
    ['fresh', 0],
    ['older', HOUR_MS],
  ])('is stored once a sweep, from a report that is %s', async (_, age) => {
    const pipeline = account(4, { pageSize: 2 });
    pipeline.iam.put('dana', { password: true });
    pipeline.clock.time += 2 * HOUR_MS;
    pipeline.iam.credentialReport.age = age;
    await sweepByMessages(pipeline, () => 0);
    const stored = pipeline.dynamo.items.get(stateKeys.dormant(ACCOUNT))?.body?.S ?? '';
    expect(JSON.parse(stored)).toMatchObject({
      nights: [
        {
          seenAt: new Date(START + 2 * HOUR_MS - age).toISOString(),
          users: [{ user: 'dana' }],
        },
      ],
    });
    const written = pipeline.dynamo.calls.filter(
      ({ action, ids }) => action === 'PutItem' && ids.includes(stateKeys.dormant(ACCOUNT)),
    );
    expect(written).toHaveLength(1);
  });
});

/** Users with a FIDO key, who are in no bulk reading. */
function account(users: number, options: Parameters<typeof testPipeline>[1] = {}): TestPipeline {
  const pipeline = testPipeline({}, options);
  for (let index = 0; index < users; index += 1) {
    pipeline.iam.put(`user-${index}`, { devices: [`${FIDO}-${index}`] });
  }
  return pipeline;
}

const finishedOf = ({ events }: TestPipeline) =>
  events.outcomes.filter(({ kind }) => kind === 'sweep-finished');
