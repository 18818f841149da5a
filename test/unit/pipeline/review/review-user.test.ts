import { describe, expect, it } from 'vitest';
import type { Expectation } from '../../../../events/expectation.ts';
import type { UserChange } from '../../../../events/message.ts';
import { reviewTasks } from '../../../../functions/domain/review/tasks.ts';
import { review } from '../../../../functions/pipeline/review/review-user.ts';
import { serviceFailure } from '../../../fakes/memory-iam.ts';
import { blocked, bySweep } from '../../../fakes/outcomes.ts';
import { ACCOUNT, BOUNDARY, POLICY, START, testPipeline } from '../../../fakes/pipeline.ts';

const SETTLED_AGO = 130;
const ACTIONS = `actions/${ACCOUNT}/dana`;

interface ChangeOptions {
  readonly expects?: Expectation;
  /** Seconds before now. */
  readonly ago?: number;
  readonly ours?: boolean;
}

/** A change of dana by an event. */
function byEvent(eventName: string, { expects = {}, ago = SETTLED_AGO, ours }: ChangeOptions = {}) {
  const change: UserChange = {
    account: ACCOUNT,
    user: 'dana',
    hint: false,
    expects,
    cause: {
      kind: 'event',
      eventId: 'e1',
      eventName,
      eventTime: new Date(START - ago * 1000).toISOString(),
      actor: {
        type: 'AssumedRole',
        name: ours ? 'OnIamChangeRole/x' : 'SecurityAdmin/alice',
        sourceIp: '203.0.113.10',
      },
    },
  };
  return change;
}

const asked = (otherMethods?: boolean): UserChange => ({
  account: ACCOUNT,
  user: 'dana',
  hint: false,
  expects: {},
  cause: bySweep(),
  ...(otherMethods === undefined ? {} : { otherMethods }),
});

/** Reviews dana for the changes. */
async function reviewed(pipeline: ReturnType<typeof testPipeline>, ...changes: UserChange[]) {
  const [task] = reviewTasks(changes, pipeline.settings);
  if (task === undefined) throw new Error('no task');
  return review(pipeline, task);
}

/** Dana's entry in the state table. */
function actionsOf({ dynamo }: ReturnType<typeof testPipeline>): unknown {
  return JSON.parse(dynamo.items.get(ACTIONS)?.body?.S ?? 'null');
}

function remember({ dynamo }: ReturnType<typeof testPipeline>, actions: object): void {
  dynamo.items.set(ACTIONS, { id: { S: ACTIONS }, body: { S: JSON.stringify(actions) } });
}

describe('the event of the enforcer’s own call', () => {
  it('is looked at once every reading is settled', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    expect(await reviewed(pipeline, byEvent('AttachUserPolicy', { ours: true, ago: 50 }))).toEqual({
      kind: 'stale',
      staleReads: ['the enforcer’s own call'],
      seconds: 70,
    });
    expect(pipeline.iam.calls).toEqual([]);
    expect(await reviewed(pipeline, byEvent('AttachUserPolicy', { ours: true }))).toMatchObject({
      kind: 'reviewed',
    });
  });

  it('waits no longer than any other, though its clock is ahead', async () => {
    const pipeline = testPipeline();
    expect(
      await reviewed(pipeline, byEvent('AttachUserPolicy', { ours: true, ago: -100 })),
    ).toMatchObject({ seconds: 120 });
  });
});

describe('block methods after the managed policy', () => {
  const cases: readonly (readonly [string, UserChange[], boolean])[] = [
    ['an event of something else', [byEvent('CreateLoginProfile')], false],
    ['an event of a group', [byEvent('RemoveUserFromGroup', { expects: { groups: {} } })], true],
    [
      'an event of a boundary',
      [byEvent('DeleteUserPermissionsBoundary', { expects: { boundary: null } })],
      true,
    ],
    ['PutUserPolicy', [byEvent('PutUserPolicy')], true],
    ['DeleteUserPolicy', [byEvent('DeleteUserPolicy')], true],
    ['one of two events', [byEvent('CreateLoginProfile'), byEvent('DeleteUserPolicy')], true],
    ['a sweep that saw one', [asked(true)], true],
    ['a sweep that saw none', [asked(false)], false],
    ['a sweep that does not say', [asked()], true],
  ];
  it.each(cases)('are looked at or not: %s', async (_, changes, isLookedAt) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    await reviewed(pipeline, ...changes);
    expect(pipeline.iam.count('ListGroupsForUser')).toBe(isLookedAt ? 1 : 0);
  });

  it('are looked at where a dead process has begun something', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { policies: [POLICY] });
    const pending = {
      outcome: blocked(),
      at: new Date(START - 600_000).toISOString(),
      failed: false,
    };
    remember(pipeline, { pending, unpublished: [], published: [] });
    await reviewed(pipeline, byEvent('CreateLoginProfile'));
    expect(pipeline.iam.count('ListGroupsForUser')).toBe(1);
  });
});

describe('the first reading', () => {
  it.each([
    ['a device for an event of devices', 'DeactivateMFADevice', { devices: {} }, 'ListMFADevices'],
    ['the user for a tag that exempts', 'TagUser', { tags: { userType: null } }, 'GetUser'],
    [
      'the user for one of two tags that exempts',
      'TagUser',
      { tags: { team: 'a', userType: null } },
      'GetUser',
    ],
    ['the user for a new user', 'CreateUser', { devices: {} }, 'GetUser'],
  ] as const)('is %s', async (_, eventName, expects, first) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { tags: { userType: 'Service' }, devices: ['GAHT1'] });
    await reviewed(pipeline, byEvent(eventName, { expects }));
    const actions = pipeline.iam.calls.map(({ action }) => action);
    expect(actions[0]).toBe(first);
    expect(actions.filter((one) => one === 'GetUser' || one === 'ListMFADevices')).toHaveLength(1);
  });
});

describe('a deleted user', () => {
  const unpublished = {
    pending: { outcome: blocked(), at: new Date(START - 600_000).toISOString(), failed: false },
    unpublished: [],
    published: [],
  };

  it('is recorded once what was done is published', async () => {
    const pipeline = testPipeline();
    remember(pipeline, unpublished);
    const result = await reviewed(pipeline, byEvent('DeleteUser'));
    expect(result).toMatchObject({ kind: 'gone', outcomes: [{ id: 'user-blocked/1' }] });
    expect(actionsOf(pipeline)).toMatchObject({
      pending: null,
      published: [{ id: 'user-blocked/1' }],
    });
  });

  it('is another copy’s where that was faster', async () => {
    const pipeline = testPipeline();
    remember(pipeline, unpublished);
    const { iam } = pipeline;
    const send = iam.send.bind(iam);
    iam.send = async (command: object) => {
      remember(pipeline, { ...unpublished, published: [], pending: null });
      return send(command);
    };
    expect(await reviewed(pipeline, byEvent('DeleteUser'))).toEqual({
      kind: 'stale',
      staleReads: ['another instance handles the user'],
    });
  });
});

describe('a reading', () => {
  it.each([
    ['is acted on', 49_000, true],
    ['is too old to act on', 49_001, false],
  ])('that ends with its batch %s', async (_, ms, isBlocked) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    const [task] = reviewTasks([byEvent('CreateUser')], pipeline.settings);
    if (task === undefined) return;
    const deadline = pipeline.deadline();
    pipeline.clock.time += ms;
    const result = await review(pipeline, task, deadline).catch((error: Error) => error.message);
    expect(pipeline.iam.isBlocked('dana')).toBe(isBlocked);
    if (!isBlocked) expect(result).toBe('the readings are too old to act on');
  });

  it('that fails leaves everything unchanged', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { boundary: BOUNDARY });
    pipeline.iam.failNext('GetUser', serviceFailure);
    await expect(reviewed(pipeline, byEvent('CreateUser'))).rejects.toThrow('Internal error');
    expect(pipeline.iam.writes).toEqual([]);
    expect(actionsOf(pipeline)).toBeNull();
  });
});
