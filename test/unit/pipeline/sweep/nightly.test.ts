import { describe, expect, it } from 'vitest';
import { stateKeys } from '../../../../events/state-keys.ts';
import { planSweep } from '../../../../functions/pipeline/report/account-plan.ts';
import { sweepPolicies } from '../../../../functions/pipeline/sweep/check-policies.ts';
import { sendToReview } from '../../../../functions/pipeline/sweep/enqueue-reviews.ts';
import { serviceFailure } from '../../../fakes/memory-iam.ts';
import {
  ORGANIZATION,
  OTHER,
  SPOKE,
  testOrganization,
} from '../../../fakes/memory-organization.ts';
import { deliverSweeps, SWEEPS_URL, sweepHub, sweepNightly } from '../../../fakes/nightly.ts';
import {
  ACCOUNT,
  BOUNDARY,
  hubOf,
  POLICY,
  START,
  sweepAll,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const DAY_MS = 24 * 60 * 60_000;
const MINUTE = 60_000;
const cause = {
  kind: 'sweep',
  sweepId: 'sweep-1',
  startedAt: new Date(START).toISOString(),
} as const;
const device = (user: string) => `arn:aws:iam::${ACCOUNT}:mfa/${user}`;
const linesOf = ({ logged }: TestPipeline) =>
  logged.map(({ level, message, values }) => ({ level, message, values }));

describe('the beginning of a sweep sends to review', () => {
  it('no policy that is as deployed', async () => {
    const pipeline = testPipeline();
    expect(await sweepPolicies(pipeline, cause)).toEqual({ outcomes: [], failedParts: [] });
    expect(pipeline.sqs.sent).toEqual([]);
  });

  it('a policy that was changed', async () => {
    const pipeline = testPipeline();
    Object.assign(pipeline.iam.managed[POLICY] ?? {}, {
      defaultId: 'v2',
      versions: { v2: { Version: '2012-10-17', Statement: [] } },
    });
    expect(await sweepPolicies(pipeline, cause)).toEqual({ outcomes: [], failedParts: [] });
    expect(pipeline.sqs.sent.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      {
        schema: 'mfa-enforcer/policy-check/1',
        account: ACCOUNT,
        policyArn: POLICY,
        cause,
      },
    ]);
  });

  it('a policy that does not exist', async () => {
    const pipeline = testPipeline();
    delete pipeline.iam.managed[POLICY];
    await sweepPolicies(pipeline, cause);
    expect(pipeline.sqs.sent).toHaveLength(1);
  });
});

describe('a part of a sweep that cannot be done', () => {
  const LISTING = 'GetAccountAuthorizationDetails LocalManagedPolicy';
  const parts = [
    [
      ['GetPolicyVersion', LISTING],
      ['foreign-policies', 'policies', 'policies'],
    ],
    [
      ['GetPolicy', LISTING],
      ['foreign-policies', 'policies', 'policies'],
    ],
    [[LISTING], ['foreign-policies']],
    [['GetGroupPolicy'], ['deny-group']],
    [['GetCredentialReport'], ['credential-report']],
  ] as const;
  /** Three users: one to block, one to unblock, and one who stays blocked. */
  const account = () => {
    const pipeline = testPipeline();
    pipeline.iam.put('erin');
    pipeline.iam.put('frank', { policies: [POLICY], devices: [device('frank')] });
    pipeline.iam.put('gina', { policies: [POLICY] });
    return pipeline;
  };
  const finishedOf = ({ events }: TestPipeline) =>
    events.outcomes.filter((outcome) => outcome.kind === 'sweep-finished');
  const reviewed = ({ sqs }: TestPipeline) =>
    sqs.sent.flatMap(({ body }) => (JSON.parse(body) as { user?: string }).user ?? []);

  it.each(parts)('stops no other: %j', async (actions, failed) => {
    const pipeline = account();
    for (const action of actions) pipeline.iam.failNext(action, serviceFailure, 99);
    expect(await sweepNightly(sweepHub(pipeline))).toBe(0);
    const why = 'ServiceFailure: Internal error';
    expect(finishedOf(pipeline)).toMatchObject([
      {
        totals: { users: 3, protected: 1, blocked: 1, unprotected: 1 },
        failedParts: failed.map((part) => ({ part, why })),
      },
    ]);
    expect(reviewed(pipeline).toSorted()).toEqual(['erin', 'frank']);
    const record = pipeline.dynamo.items.get(stateKeys.lastSweep(ACCOUNT))?.body?.S ?? '';
    expect(JSON.parse(record)).toMatchObject({ failedParts: failed.map((part) => ({ part })) });
    const logged = pipeline.logged.filter(({ level }) => level !== 'info');
    expect(logged.length).toBeGreaterThan(0);
  });

  it('stops no check of the other policy', async () => {
    const pipeline = account();
    Object.assign(pipeline.iam.managed[POLICY] ?? {}, { versions: { v1: {} } });
    pipeline.iam.failNext('GetPolicyVersion', serviceFailure);
    Object.assign(pipeline.iam.managed[BOUNDARY] ?? {}, { versions: { v1: {} } });
    await sweepNightly(sweepHub(pipeline));
    expect(pipeline.sqs.sent.map(({ body }) => JSON.parse(body) as object)).toContainEqual({
      schema: 'mfa-enforcer/policy-check/1',
      account: ACCOUNT,
      policyArn: BOUNDARY,
      cause,
    });
    expect(finishedOf(pipeline)).toMatchObject([{ failedParts: [{ part: 'policies' }] }]);
  });

  it('is asked for again by itself, without the users, and fails for good where it stays', async () => {
    const pipeline = account();
    pipeline.iam.failNext('GetGroupPolicy', serviceFailure, 2);
    const hub = sweepHub(pipeline);
    await sweepNightly(hub);
    const requests = pipeline.sqs.sent.filter(({ queueUrl }) => queueUrl === SWEEPS_URL);
    expect(requests).toMatchObject([{ delaySeconds: 60 }]);
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      schema: 'mfa-enforcer/sweep-request/1',
      account: ACCOUNT,
      sweepId: 'sweep-1',
      startedAt: cause.startedAt,
      only: 'policies',
    });
    const calls = pipeline.iam.calls.length;
    expect(await deliverSweeps(hub)).toBe(1);
    expect(linesOf(pipeline).at(-1)).toMatchObject({ level: 'error' });
    pipeline.sqs.sent.push(...requests);
    Object.assign(pipeline.iam, { groupExists: false });
    expect(await deliverSweeps(hub)).toBe(0);
    const asked = pipeline.iam.calls.slice(calls).map(({ action }) => action);
    const ofPolicies = ['GetAccountAuthorizationDetails', 'GetGroupPolicy'];
    expect(asked).toEqual([...ofPolicies, ...ofPolicies]);
    expect(finishedOf(pipeline)).toHaveLength(1);
    expect(pipeline.events.outcomes.at(-1)).toMatchObject({ kind: 'tampering-seen' });
  });

  it('is not asked for again where it was the credential report, which nothing waits for', async () => {
    const pipeline = account();
    pipeline.iam.failNext('GenerateCredentialReport', serviceFailure);
    const hub = sweepHub(pipeline);
    await sweepNightly(hub);
    expect(pipeline.sqs.sent.filter(({ queueUrl }) => queueUrl === SWEEPS_URL)).toEqual([]);
  });
});

describe('a page of users with a difference', () => {
  const room = { room: null };
  const tally = { totals: { blocked: 1 } } as Parameters<typeof sendToReview>[3]['tally'];

  /** Three users under a limit of two: one to unblock, and two to block. */
  async function page(only: 'unblock' | 'block' | 'both' = 'both') {
    const pipeline = testPipeline({ blockLimit: 2 });
    if (only !== 'block') {
      pipeline.iam.put('free', { policies: [POLICY], devices: [device('free')] });
    }
    if (only !== 'unblock') for (const user of ['one', 'two']) pipeline.iam.put(user);
    const { differing } = await planSweep(pipeline.iam, pipeline.settings, pipeline.now());
    const sent = () =>
      pipeline.sqs.sent.map(({ body }) => (JSON.parse(body) as { user: string }).user);
    return { pipeline, differing, sent };
  }

  it('is sent as far as there is room; an unblock needs none', async () => {
    const { pipeline, differing, sent } = await page();
    const left = await sendToReview(pipeline, cause, { differing, others: [] }, { ...room, tally });
    expect(sent()).toEqual(['free', 'one', 'two']);
    expect(pipeline.sqs.sent.map(({ delaySeconds }) => delaySeconds)).toEqual([0, 0, 120]);
    expect(pipeline.sqs.sent[2]?.body).toContain('"refusedSince"');
    expect(left).toMatchObject({ beyond: 1, firstBeyond: ['two'] });
  });

  it('is sent completely if no user can be blocked: the reviews report why', async () => {
    const { pipeline, differing, sent } = await page('block');
    delete pipeline.iam.managed[POLICY];
    const left = await sendToReview(pipeline, cause, { differing, others: [] }, { ...room, tally });
    expect(sent()).toEqual(['one', 'two']);
    expect(left).toBeNull();
  });

  it('asks for no room if no user is to be blocked', async () => {
    const { pipeline, differing, sent } = await page('unblock');
    expect(
      await sendToReview(pipeline, cause, { differing, others: [] }, { ...room, tally }),
    ).toBeNull();
    expect(sent()).toEqual(['free']);
    expect(pipeline.iam.count('GetAccountSummary')).toBe(0);
  });
});

describe('the reading of a single user in a sweep', () => {
  /** The report is older than the sweep. */
  const withOldReport = (change: Parameters<typeof testPipeline>[0] = {}) => {
    const pipeline = testPipeline(change);
    pipeline.iam.credentialReport.age = 60_000;
    return pipeline;
  };
  const readOf = (pipeline: TestPipeline, user: string) =>
    pipeline.iam.calls.filter(({ input }) => input.UserName === user).map(({ action }) => action);

  it('is the password first where only console users are in scope: most have none', async () => {
    const pipeline = withOldReport({ scope: 'console-users' });
    pipeline.iam.put('machine');
    pipeline.iam.put('person', { password: true });
    await sweepAll(pipeline);
    expect(readOf(pipeline, 'machine')).toEqual(['GetLoginProfile']);
    expect(readOf(pipeline, 'person')).toEqual(['GetLoginProfile', 'ListMFADevices']);
  });

  it('is the devices alone where all users are', async () => {
    const pipeline = withOldReport();
    pipeline.iam.put('person', { password: true });
    await sweepAll(pipeline);
    expect(readOf(pipeline, 'person')).toEqual(['ListMFADevices']);
  });

  it('is first the device of a blocked user who may be unblocked', async () => {
    const pipeline = withOldReport({ scope: 'console-users' });
    pipeline.iam.put('blocked', { password: true, policies: [POLICY], devices: ['GAHT1'] });
    await sweepAll(pipeline);
    expect(readOf(pipeline, 'blocked')[0]).toBe('ListMFADevices');
  });

  it('are no devices of a break-glass user whose virtual one is known', async () => {
    const pipeline = withOldReport();
    const tags = { 'mfa-enforcer:break-glass': 'true' };
    pipeline.iam.put('fire', { tags, devices: [device('fire')] });
    pipeline.iam.put('axe', { tags, devices: ['GAHT1'] });
    const { finished } = await sweepAll(pipeline);
    expect(pipeline.iam.count('ListMFADevices')).toBe(1);
    expect(finished.breakGlassWithoutMfa).toEqual([]);
  });

  it('is a user who lost the password, if that ends an exemption', async () => {
    const pipeline = withOldReport({ exemptPassword: 'ends-exemption' });
    const tags = { userType: 'Service' };
    pipeline.iam.put('robot', { tags, policies: [POLICY], password: false });
    await sweepAll(pipeline);
    expect(pipeline.sqs.sent.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      { user: 'robot' },
    ]);
  });
});

describe('the log of a night', () => {
  it('logs its begin and its end', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    await sweepNightly(sweepHub(pipeline));
    expect(linesOf(pipeline)).toEqual([
      {
        level: 'info',
        message: 'sweep started',
        values: { sweepId: 'sweep-1', accounts: 1 },
      },
      {
        level: 'info',
        message: 'sweep finished',
        values: expect.objectContaining({ account: ACCOUNT, sweepId: 'sweep-1', differences: 1 }),
      },
    ]);
  });

  it('logs an account that cannot be reached, those still to come, and what could not be recorded', async () => {
    const hub = testOrganization();
    hub.dynamo.fail.PutItem = 2;
    await sweepNightly(hub.nightly);
    const lines = linesOf(hub);
    expect(lines.slice(0, 3)).toEqual([
      ...Array(2).fill({
        level: 'warn',
        message: 'an account name could not be recorded',
        values: { error: new Error('PutItem is unavailable') },
      }),
      { level: 'info', message: 'sweep started', values: { sweepId: 'sweep-1', accounts: 4 } },
    ]);
    expect(lines).toContainEqual({
      level: 'warn',
      message: 'account unreachable',
      values: {
        account: '444455556666',
        why: expect.stringContaining('cannot be assumed: it does not exist'),
      },
    });
  });

  it('logs why it goes on in another run', async () => {
    for (const [left, fails] of [
      [0, 0],
      [900_000, 1],
    ] as const) {
      const pipeline = testPipeline({}, { pageSize: 4 });
      for (let index = 0; index < 12; index += 1) pipeline.iam.put(`user-${index}`);
      const hub = sweepHub(pipeline);
      await sweepNightly(hub, { id: 'sweep-0' });
      pipeline.logged.length = 0;
      const { handleSweepMessage } = await import(
        '../../../../functions/pipeline/sweep/sweep-account.ts'
      );
      const body = JSON.stringify({
        schema: 'mfa-enforcer/sweep-request/1',
        account: ACCOUNT,
        sweepId: 'sweep-1',
        startedAt: new Date(START).toISOString(),
      });
      if (fails) {
        let pages = 0;
        const call = pipeline.iam.call.bind(pipeline.iam);
        pipeline.iam.call = (action, input) => {
          pages += String(input.Filter) === 'User' ? 1 : 0;
          if (pages === 2) throw new Error('IAM is unavailable');
          return call(action, input);
        };
      }
      await handleSweepMessage(hubOf(hub), body, () => left);
      const values = { account: ACCOUNT, sweepId: 'sweep-1', users: 4 };
      expect(linesOf(pipeline)).toEqual([
        fails
          ? {
              level: 'warn',
              message: 'sweep continues after an error',
              values: { ...values, error: new Error('IAM is unavailable') },
            }
          : { level: 'info', message: 'sweep continues in another run', values },
      ]);
    }
  });

  it('logs that users are read one by one, and why', async () => {
    const late = testPipeline();
    late.iam.credentialReport.notReady = 99;
    await sweepAll(late);
    const failing = testPipeline();
    failing.iam.failNext('GetCredentialReport', () => new Error('IAM is unavailable'));
    await sweepAll(failing);
    const old = testPipeline();
    old.iam.credentialReport.age = 60_000;
    await sweepAll(old);
    const text = 'IAM has not finished the credential report';
    const message = 'no credential report: users are read one by one';
    expect([...linesOf(late), ...linesOf(failing), ...linesOf(old)]).toEqual([
      { level: 'warn', message, values: { error: new Error(text) } },
      { level: 'warn', message, values: { error: new Error('IAM is unavailable') } },
      {
        level: 'info',
        message: 'the credential report is older than the sweep',
        values: { generatedAt: '2026-03-01T11:59:00.000Z' },
      },
    ]);
  });

  it('logs which record could not be written', async () => {
    const pipeline = testPipeline();
    const hub = sweepHub(pipeline);
    pipeline.dynamo.fail.PutItem = 2;
    await sweepNightly(hub);
    expect(linesOf(pipeline)).toContainEqual({
      level: 'warn',
      message: 'the result of the sweep could not be recorded',
      values: { id: stateKeys.lastSweep(ACCOUNT), error: new Error('PutItem is unavailable') },
    });
  });
});

describe('the records of a night', () => {
  const expiryOf = ({ dynamo }: TestPipeline, id: string) =>
    Number(dynamo.items.get(id)?.expires?.N) * 1000;

  it('last for 400 days (a sweep) and 30 days (an account’s name)', async () => {
    const hub = testOrganization();
    await sweepNightly(hub.nightly);
    expect(expiryOf(hub, stateKeys.lastSweep(SPOKE))).toBe(START + 400 * DAY_MS);
    expect(expiryOf(hub, stateKeys.accountName(SPOKE))).toBe(START + 30 * DAY_MS);
    const names = [...hub.dynamo.items.keys()].filter((id) => id === stateKeys.accountName(OTHER));
    expect(names).toHaveLength(1);
  });

  it('contain no names where one account is managed: Organizations is not called', async () => {
    const pipeline = testPipeline();
    const hub = sweepHub(pipeline);
    Object.assign(hub.organizations, { fail: new Error('asked') });
    await sweepNightly(hub);
    expect([...pipeline.dynamo.items.keys()]).toEqual([
      stateKeys.probe(ACCOUNT),
      stateKeys.lastSweep(ACCOUNT),
    ]);
  });
});

describe('the summary of an organization', () => {
  const rollUp = (accounts: readonly string[]) => ({
    queueUrl: SWEEPS_URL,
    delaySeconds: 0,
    body: JSON.stringify({
      schema: 'mfa-enforcer/roll-up-request/1',
      organization: ORGANIZATION,
      sweepId: 'sweep-1',
      startedAt: new Date(START).toISOString(),
      accounts,
      inactive: 0,
    }),
  });

  it.each([
    ['waits before six hours', 360 * MINUTE - 1, 0],
    ['is reported at six hours', 360 * MINUTE, 1],
  ])('%s', async (_, age, reported) => {
    const hub = testOrganization();
    hub.clock.time += age;
    hub.sqs.sent.push(rollUp([SPOKE]));
    await deliverSweeps(hub.nightly);
    expect(hub.events.outcomes).toHaveLength(reported);
    if (reported > 0) return;
    expect(linesOf(hub)).toEqual([
      {
        level: 'info',
        message: 'waiting for the sweeps of accounts',
        values: { sweepId: 'sweep-1', waiting: 1 },
      },
    ]);
  });

  it('measures how many accounts were not swept', async () => {
    const hub = testOrganization();
    await sweepNightly(hub.nightly);
    hub.metricLines.length = 0;
    hub.clock.time += 361 * MINUTE;
    hub.sqs.sent.push(rollUp([SPOKE, OTHER, '444455556666']));
    await deliverSweeps(hub.nightly);
    expect(hub.metricLines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { SweepsFinished: 1, AccountsUnswept: 1 },
    ]);
  });

  it('does not count the record of another sweep that began at the same moment', async () => {
    const hub = testOrganization();
    await sweepNightly(hub.nightly, { id: 'other' });
    hub.clock.time += 361 * MINUTE;
    hub.events.entries.length = 0;
    hub.sqs.sent.push(rollUp([SPOKE]));
    await deliverSweeps(hub.nightly);
    expect(hub.events.outcomes).toMatchObject([{ accounts: { swept: 0, unswept: 1 } }]);
  });

  it('logs which records it cannot read', async () => {
    const hub = testOrganization();
    const id = stateKeys.lastSweep(SPOKE);
    hub.dynamo.items.set(id, { id: { S: id }, body: { S: '{' } });
    hub.sqs.sent.push(rollUp([SPOKE, OTHER]));
    await deliverSweeps(hub.nightly);
    expect(linesOf(hub)[0]).toEqual({
      level: 'error',
      message: 'an entry of the state table is invalid and counts as absent',
      values: { id },
    });
    expect(linesOf(hub)).toHaveLength(2);
  });
});
