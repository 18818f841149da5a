import { describe, expect, it } from 'vitest';
import { sweepHub, sweepNightly } from '../../../fakes/nightly.ts';
import {
  handle,
  iamEvent,
  POLICY,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const DAY = 24 * 60 * 60 * 1000;
const device = (name: string) => `arn:aws:iam::111122223333:mfa/${name}`;

/** An account with a blocked user, and what a night does: the sweep, and what it sends to review. */
function accountWith(settings: Parameters<typeof testPipeline>[0] = {}) {
  const pipeline = testPipeline(settings);
  pipeline.iam.put('dana', { policies: [POLICY] });
  pipeline.iam.put('erin', { devices: [device('erin-phone')] });
  pipeline.iam.unassigned.add(device('dana'));
  return pipeline;
}

async function night(pipeline: TestPipeline, sweepId: string): Promise<void> {
  expect(await sweepNightly(sweepHub(pipeline), { id: sweepId })).toBe(0);
  const bodies = pipeline.sqs.sent.splice(0).map(({ body }) => body);
  const answer = await handle(pipeline, ...bodies);
  expect(answer).toEqual(bodies.map(() => 'fulfilled'));
}

const orphans = ({ events }: TestPipeline) =>
  events.outcomes.filter(({ kind }) => kind === 'orphan-device');

describe('an unassigned device with a blocked user’s name', () => {
  it('is reported by the sweep that sees it a day later', async () => {
    const pipeline = accountWith();
    await night(pipeline, 'one');
    expect(orphans(pipeline)).toEqual([]);
    const firstSeenAt = new Date(pipeline.clock.time).toISOString();
    pipeline.clock.time += DAY;
    await night(pipeline, 'two');
    expect(orphans(pipeline)).toMatchObject([
      {
        user: 'dana',
        serial: device('dana'),
        firstSeenAt,
        result: 'reported',
        cause: { sweepId: 'two' },
      },
    ]);
    expect([...pipeline.iam.unassigned]).toEqual([device('dana')]);
  });

  it('is deleted with OrphanDevices=delete', async () => {
    const pipeline = accountWith({ orphanDevices: 'delete' });
    await night(pipeline, 'one');
    pipeline.clock.time += DAY;
    await night(pipeline, 'two');
    expect(orphans(pipeline)).toMatchObject([{ user: 'dana', result: 'deleted' }]);
    expect([...pipeline.iam.unassigned]).toEqual([]);
    pipeline.clock.time += DAY;
    await night(pipeline, 'three');
    expect(orphans(pipeline)).toHaveLength(1);
  });

  it('is not deleted in observe mode', async () => {
    const pipeline = accountWith({ orphanDevices: 'delete', mode: 'observe' });
    await night(pipeline, 'one');
    pipeline.clock.time += DAY;
    await night(pipeline, 'two');
    expect(orphans(pipeline)).toMatchObject([{ mode: 'observe', result: 'reported' }]);
    expect(pipeline.iam.unassigned.size).toBe(1);
  });

  it.each([
    [
      'the user is not blocked',
      (pipeline: TestPipeline) => pipeline.iam.put('dana', { devices: [device('other')] }),
    ],
    ['the device is assigned by now', (pipeline: TestPipeline) => pipeline.iam.unassigned.clear()],
    [
      'the table has lost the first sight',
      (pipeline: TestPipeline) => void pipeline.dynamo.items.clear(),
    ],
  ])('is no matter where %s', async (_, change) => {
    const pipeline = accountWith();
    await night(pipeline, 'one');
    pipeline.clock.time += DAY;
    change(pipeline);
    await night(pipeline, 'two');
    expect(orphans(pipeline)).toEqual([]);
  });

  it('that its user assigns before the deletion stays', async () => {
    const pipeline = accountWith({ orphanDevices: 'delete' });
    await night(pipeline, 'one');
    pipeline.clock.time += DAY;
    expect(await sweepNightly(sweepHub(pipeline), { id: 'two' })).toBe(0);
    pipeline.iam.unassigned.clear();
    pipeline.iam.put('dana', { devices: [device('dana')], policies: [POLICY] });
    const bodies = pipeline.sqs.sent.splice(0).map(({ body }) => body);
    expect(await handle(pipeline, ...bodies)).toEqual(['fulfilled']);
    expect(orphans(pipeline)).toEqual([]);
    expect(pipeline.iam.user('dana')?.devices).toEqual([device('dana')]);
  });

  it('costs a sweep no call of IAM, and one that cannot remember it says so', async () => {
    const pipeline = accountWith();
    pipeline.dynamo.fail.GetItem = 99;
    await sweepNightly(sweepHub(pipeline), { id: 'one' });
    expect(pipeline.events.outcomes).toMatchObject([
      {
        kind: 'sweep-finished',
        failedParts: [
          { part: 'dormant-users', why: 'Error: GetItem is unavailable' },
          { part: 'orphan-devices', why: 'Error: GetItem is unavailable' },
        ],
      },
    ]);
    expect(pipeline.iam.count('ListVirtualMFADevices')).toBe(1);
  });
});

describe('a failed try to create a device whose name is taken', () => {
  const dana = { type: 'IAMUser', userName: 'dana', arn: 'arn:aws:iam::111122223333:user/dana' };
  function failed(change: object = {}, identity: object = dana): string {
    const event = JSON.parse(
      iamEvent('CreateVirtualMFADevice', { identity: identity as Record<string, unknown> }),
    ) as { detail: object };
    const detail = {
      ...event.detail,
      errorCode: 'EntityAlreadyExistsException',
      requestParameters: { virtualMFADeviceName: 'phone', path: '/' },
      ...change,
    };
    return JSON.stringify({ ...event, detail });
  }

  it.each(['/', '/phones/', undefined])(
    'of a user without MFA is reported, at path %s',
    async (path) => {
      const pipeline = accountWith();
      const requestParameters = { virtualMFADeviceName: 'phone', ...(path ? { path } : {}) };
      await handle(
        pipeline,
        failed({ requestParameters }),
        failed({ requestParameters, eventID: 'again' }),
      );
      expect(pipeline.events.outcomes).toMatchObject([
        {
          kind: 'orphan-device',
          user: 'dana',
          serial: device(`${(path ?? '/').slice(1)}phone`),
          firstSeenAt: null,
          result: 'reported',
          reasons: [{ code: 'name-taken' }],
          cause: { eventName: 'CreateVirtualMFADevice', actor: { name: 'dana' } },
        },
      ]);
    },
  );

  it.each([
    ['of a user with MFA', {}, { ...dana, userName: 'erin' }],
    ['of a user who is gone', {}, { ...dana, userName: 'gone' }],
    ['of a role', {}, { type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/a/b' }],
    ['that failed otherwise', { errorCode: 'AccessDenied' }, dana],
    ['without a name', { requestParameters: null }, dana],
    ['of a user whose name is not legal', {}, { ...dana, userName: 'a b' }],
  ])('%s is not', async (_, change, identity) => {
    const pipeline = accountWith();
    await handle(pipeline, failed(change, identity));
    expect(pipeline.events.outcomes).toEqual([]);
  });

  it('is not lost if the user cannot be read', async () => {
    const pipeline = accountWith();
    pipeline.iam.failNext('ListMFADevices', () => new Error('throttled'), 99);
    expect(await handle(pipeline, failed())).toEqual(['throttled']);
  });
});
