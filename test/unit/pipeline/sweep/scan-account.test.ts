import { describe, expect, it } from 'vitest';
import { LastSweep } from '../../../../events/last-sweep.ts';
import { accountReport } from '../../../../functions/pipeline/report/account-report.ts';
import { handleBatch } from '../../../../functions/pipeline/review/handle-batch.ts';
import { startSweep } from '../../../../functions/pipeline/sweep/start-sweep.ts';
import { accessDenied } from '../../../fakes/memory-iam.ts';
import {
  deliverSweeps,
  SWEEPS_URL,
  sweepHub,
  sweepNightly,
  takeSweeps,
} from '../../../fakes/nightly.ts';
import {
  ACCOUNT,
  hubOf,
  POLICY,
  results,
  START,
  sweepAll,
  sweepRequest,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';
import { reportDeps } from '../../../fakes/report-deps.ts';

const virtual = (name: string) => `arn:aws:iam::111122223333:mfa/${name}`;

/** Delivers what waits in the queue. */
async function deliver(pipeline: TestPipeline): Promise<string[]> {
  const bodies = pipeline.sqs.sent.splice(0).map(({ body }) => ({ body }));
  return results(await handleBatch(hubOf(pipeline), bodies));
}

function mixedAccount(options: Parameters<typeof testPipeline>[1] = {}): TestPipeline {
  const pipeline = testPipeline({}, options);
  const { iam } = pipeline;
  iam.put('virtual', { devices: [virtual('virtual')] });
  iam.put('hardware', { devices: ['GAHT12345678'] });
  iam.put('fido', { devices: ['arn:aws:iam::111122223333:u2f/user/fido/key'] });
  iam.put('virtual-but-blocked', { devices: [virtual('other')], policies: [POLICY] });
  iam.put('blocked', { policies: [POLICY] });
  iam.put('unprotected');
  iam.put('robot', { tags: { userType: 'service' } });
  iam.put('robot-but-blocked', { tags: { userType: 'service' }, policies: [POLICY] });
  return pipeline;
}

describe('a sweep', () => {
  it('names break-glass users without a device of any kind: nothing else shows them', async () => {
    const pipeline = testPipeline();
    pipeline.iam.credentialReport.age = 60_000;
    const tags = { 'mfa-enforcer:break-glass': 'true' };
    pipeline.iam.put('glass-bare', { tags });
    pipeline.iam.put('glass-virtual', { tags, devices: [virtual('glass-virtual')] });
    pipeline.iam.put('glass-key', { tags, devices: ['GAHT1'] });
    pipeline.iam.put('robot', { tags: { userType: 'service' } });
    const { finished } = await sweepAll(pipeline);
    expect(finished.breakGlassWithoutMfa).toEqual(['glass-bare']);
    expect(finished.totals).toMatchObject({ exempt: 3, protected: 1 });
    expect(pipeline.iam.count('ListMFADevices')).toBe(2);
  });

  it('sends exactly the users with a difference to review, and sums up', async () => {
    const pipeline = mixedAccount();
    const { finished } = await sweepAll(pipeline);
    expect(pipeline.sqs.sent.map(({ body }) => body)).toEqual([
      sweepRequest('virtual-but-blocked'),
      sweepRequest('unprotected'),
      sweepRequest('robot-but-blocked'),
    ]);
    expect(finished).toEqual({
      kind: 'sweep-finished',
      version: 1,
      id: 'sweep-finished/111122223333/sweep-1',
      account: '111122223333',
      at: '2026-03-01T12:00:00.000Z',
      mode: 'enforce',
      sweepId: 'sweep-1',
      startedAt: '2026-03-01T12:00:00.000Z',
      totals: { users: 8, protected: 4, blocked: 1, unprotected: 1, exempt: 2, outOfScope: 0 },
      differences: 3,
      alias: null,
      accountName: null,
      rolledUp: false,
      breakGlassWithoutMfa: [],
      blockedUsers: ['blocked'],
      endingExemptions: [],
      failedParts: [],
      differing: [
        {
          user: 'virtual-but-blocked',
          action: 'unblock',
          reasons: [{ code: 'has-mfa', text: `1 MFA device (${virtual('other')})` }],
        },
        {
          user: 'unprotected',
          action: 'block',
          reasons: [
            { code: 'no-mfa', text: 'no MFA device' },
            { code: 'not-exempt', text: 'no exemption' },
          ],
        },
        {
          user: 'robot-but-blocked',
          action: 'unblock',
          reasons: [{ code: 'exempt-tag', text: 'exempt by the tag userType=service' }],
        },
      ],
    });
  });

  it('writes nothing in IAM itself: the review does, from its own reading', async () => {
    const pipeline = mixedAccount();
    await sweepAll(pipeline);
    expect(pipeline.iam.writes).toEqual([]);
    // Meanwhile the user enrols.
    pipeline.iam.put('unprotected', { devices: [virtual('new')] });
    await deliver(pipeline);
    expect(pipeline.iam.isBlocked('unprotected')).toBe(false);
  });

  it('of an unchanged account sends no user, writes nothing and has no differences', async () => {
    const pipeline = mixedAccount();
    await sweepAll(pipeline);
    expect(await deliver(pipeline)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    const writes = pipeline.iam.writes.length;
    const { finished: second } = await sweepAll(pipeline, 'sweep-2');
    expect(pipeline.sqs.sent).toEqual([]);
    expect(pipeline.iam.writes).toHaveLength(writes);
    expect(second).toMatchObject({
      differences: 0,
      differing: [],
      totals: { unprotected: 0, blocked: 2 },
    });
  });

  it.each([1, 2, 3, 7])('misses no user, however short the pages: %i a page', async (pageSize) => {
    const pipeline = mixedAccount({ pageSize });
    const { finished } = await sweepAll(pipeline);
    expect(finished).toMatchObject({ differences: 3, totals: { users: 8, protected: 4 } });
  });

  it('reads one by one only the users that the bulk reading does not decide', async () => {
    const pipeline = mixedAccount();
    pipeline.iam.credentialReport.age = 60_000;
    pipeline.clock.time += 3_600_000;
    await sweepAll(pipeline);
    const asked = pipeline.iam.calls
      .filter(({ action }) => action === 'ListMFADevices')
      .map(({ input }) => input.UserName);
    expect(asked.toSorted()).toEqual(['fido', 'hardware', 'unprotected']);
    expect(pipeline.iam.count('GetUser') + pipeline.iam.count('ListAttachedUserPolicies')).toBe(0);
  });

  it('in observe mode sends no user, and its summary names the users who would be blocked', async () => {
    const pipeline = testPipeline({ mode: 'observe' });
    pipeline.iam.put('unprotected');
    const { finished } = await sweepAll(pipeline);
    expect(pipeline.sqs.sent).toEqual([]);
    expect(finished).toMatchObject({
      mode: 'observe',
      differences: 1,
      differing: [{ user: 'unprotected', action: 'block' }],
    });
  });

  it('names a hundred users in its summary and counts the rest, but sends all', async () => {
    const pipeline = testPipeline({ blockLimit: 300 });
    for (let index = 0; index < 250; index += 1) pipeline.iam.put(`user-${index}`);
    const { finished } = await sweepAll(pipeline);
    expect(finished.differences).toBe(250);
    expect(finished.differing).toHaveLength(100);
    expect(new Set(pipeline.sqs.sent.map(({ body }) => body)).size).toBe(250);
  });

  it('fails where a request could not be sent, and so is run again', async () => {
    const pipeline = mixedAccount();
    pipeline.sqs.refuse = 1;
    await expect(sweepAll(pipeline)).rejects.toThrow(
      'SendMessageBatch accepted 2 of 3: ThrottlingException',
    );
  });

  it('leaves out a user who is deleted in the meantime', async () => {
    const pipeline = mixedAccount();
    const { send } = pipeline.iam;
    pipeline.iam.send = async (command: object) => {
      const answer = await send.call(pipeline.iam, command);
      if (command.constructor.name.startsWith('GetAccountAuth')) pipeline.iam.remove('unprotected');
      return answer;
    };
    expect((await sweepAll(pipeline)).finished).toMatchObject({
      differences: 2,
      totals: { users: 7 },
    });
  });
});

describe('a blocked user whose enrolment event was lost', () => {
  const FIDO = 'arn:aws:iam::111122223333:u2f/user/blocked/key';
  const HOUR_MS = 60 * 60 * 1000;

  /** Two blocked users, and an IAM that makes the credential report a minute before the sweep. */
  function withBlocked(change: Parameters<typeof testPipeline>[0] = {}): TestPipeline {
    const pipeline = testPipeline(change);
    pipeline.iam.put('blocked', { policies: [POLICY], password: true });
    pipeline.iam.put('blocked-too', { policies: [POLICY], password: true });
    pipeline.clock.time += 5 * HOUR_MS;
    pipeline.iam.credentialReport.age = 60_000;
    return pipeline;
  }
  /** A change long before the report. */
  function change(pipeline: TestPipeline, ...put: Parameters<TestPipeline['iam']['put']>) {
    pipeline.iam.put(...put);
    pipeline.clock.time += HOUR_MS;
  }
  const asked = ({ iam }: TestPipeline) =>
    iam.calls
      .filter(({ action }) => action === 'ListMFADevices' || action === 'GetLoginProfile')
      .map(({ input }) => input.UserName);

  it('is not asked about where the credential report knows of no device either', async () => {
    const pipeline = withBlocked();
    const { finished } = await sweepAll(pipeline);
    expect(finished).toMatchObject({ differences: 0, totals: { blocked: 2 } });
    expect(asked(pipeline)).toEqual([]);
  });

  it('is asked about by one live reading where the report shows a device, and is unblocked', async () => {
    const pipeline = withBlocked();
    change(pipeline, 'blocked', { devices: [FIDO] });
    const { finished } = await sweepAll(pipeline);
    expect(finished.differing).toMatchObject([{ user: 'blocked', action: 'unblock' }]);
    expect(asked(pipeline)).toEqual(['blocked']);
    await deliver(pipeline);
    expect(pipeline.iam.isBlocked('blocked')).toBe(false);
  });

  it('stays blocked where the report shows a device that is gone: a report is no reading', async () => {
    const pipeline = withBlocked();
    change(pipeline, 'blocked', { devices: [FIDO] });
    pipeline.iam.put('blocked', { devices: [] });
    const { finished } = await sweepAll(pipeline);
    expect(finished).toMatchObject({ differences: 0, totals: { blocked: 2 } });
    expect(asked(pipeline)).toEqual(['blocked']);
  });

  it('is asked about where the report is about an earlier user of the name', async () => {
    const pipeline = withBlocked();
    change(pipeline, 'blocked', {});
    pipeline.iam.put('blocked', { devices: [FIDO], createdAt: new Date(START) });
    const { finished } = await sweepAll(pipeline);
    expect(finished.differing).toMatchObject([{ user: 'blocked', action: 'unblock' }]);
    expect(asked(pipeline)).toEqual(['blocked']);
  });

  it('is found once the report is young enough', async () => {
    const pipeline = withBlocked();
    pipeline.iam.put('blocked', { devices: [FIDO] });
    pipeline.iam.credentialReport.age = HOUR_MS;
    expect((await sweepAll(pipeline)).finished.differences).toBe(0);
    pipeline.clock.time += 24 * HOUR_MS;
    expect((await sweepAll(pipeline, 'next')).finished.differences).toBe(1);
  });

  it.each([
    ['is never made', (pipeline: TestPipeline) => (pipeline.iam.credentialReport.notReady = 99)],
    [
      'may not be read',
      (pipeline: TestPipeline) => pipeline.iam.failNext('GetCredentialReport', accessDenied),
    ],
  ])(
    'is found by reading every blocked user if the report %s, which is logged',
    async (_, spoil) => {
      const pipeline = withBlocked();
      pipeline.iam.put('blocked', { devices: [FIDO] });
      spoil(pipeline);
      const { finished } = await sweepAll(pipeline);
      expect(finished).toMatchObject({
        differences: 1,
        failedParts: [{ part: 'credential-report' }],
      });
      expect(asked(pipeline)).toEqual(['blocked', 'blocked-too']);
      expect(pipeline.logged).toContainEqual(
        expect.objectContaining({
          level: 'warn',
          message: expect.stringContaining('read one by one'),
        }),
      );
    },
  );

  it('who has lost the password is unblocked if only console users are in scope', async () => {
    const pipeline = withBlocked({ scope: 'console-users' });
    change(pipeline, 'blocked', { password: false });
    const { finished } = await sweepAll(pipeline);
    expect(finished.differing).toMatchObject([{ user: 'blocked', action: 'unblock' }]);
    expect(new Set(asked(pipeline))).toEqual(new Set(['blocked']));
  });

  it('stays blocked with Unblock=never, and is counted as protected', async () => {
    const pipeline = withBlocked({ unblock: 'never' });
    change(pipeline, 'blocked', { devices: [FIDO] });
    const { finished } = await sweepAll(pipeline);
    expect(finished).toMatchObject({ differences: 0, totals: { blocked: 1, protected: 1 } });
  });
});

describe('the nightly handler', () => {
  it('sends itself one message for the account, and sweeps it by that', async () => {
    const pipeline = mixedAccount();
    const started = await startSweep(sweepHub(pipeline), 'sweep-1');
    expect(started).toEqual({ sweepId: 'sweep-1', accounts: 1 });
    expect(pipeline.sqs.sent).toMatchObject([{ queueUrl: SWEEPS_URL }]);
    const [body = ''] = takeSweeps(pipeline);
    expect(JSON.parse(body)).toEqual({
      schema: 'mfa-enforcer/sweep-request/1',
      account: ACCOUNT,
      sweepId: 'sweep-1',
      startedAt: new Date(START).toISOString(),
    });
  });

  it('publishes the summary', async () => {
    const pipeline = mixedAccount();
    expect(await sweepNightly(sweepHub(pipeline))).toBe(0);
    expect(pipeline.events.outcomes).toMatchObject([
      { kind: 'sweep-finished', sweepId: 'sweep-1', totals: { users: 8 }, rolledUp: false },
    ]);
  });

  it('leaves a record of itself for the doctor', async () => {
    const pipeline = mixedAccount();
    pipeline.iam.alias = 'acme-prod';
    await sweepNightly(sweepHub(pipeline));
    const record = pipeline.dynamo.items.get(`sweep/${ACCOUNT}`)?.body?.S ?? '';
    expect(LastSweep.parse(JSON.parse(record))).toEqual({
      schema: 'mfa-enforcer/last-sweep/1',
      account: ACCOUNT,
      sweepId: 'sweep-1',
      startedAt: new Date(START).toISOString(),
      finishedAt: new Date(START).toISOString(),
      mode: 'enforce',
      totals: { users: 8, protected: 4, blocked: 1, unprotected: 1, exempt: 2, outOfScope: 0 },
      differences: 3,
      alias: 'acme-prod',
      breakGlassWithoutMfa: [],
      endingExemptions: [],
      failedParts: [],
    });
  });

  it('has finished even where it could not be recorded', async () => {
    const pipeline = mixedAccount();
    pipeline.dynamo.fail.PutItem = 2;
    expect(await sweepNightly(sweepHub(pipeline))).toBe(0);
    expect(pipeline.logged).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: 'the result of the sweep could not be recorded',
      }),
    );
    expect(pipeline.events.outcomes).toHaveLength(1);
  });

  it('that fails comes again, and leaves a record of why', async () => {
    const pipeline = mixedAccount();
    pipeline.iam.send = () => Promise.reject(new Error('IAM is unavailable'));
    expect(await sweepNightly(sweepHub(pipeline))).toBe(1);
    expect([...pipeline.dynamo.items.keys()]).toEqual([`probe/${ACCOUNT}`, `unswept/${ACCOUNT}`]);
    expect(pipeline.dynamo.items.get(`unswept/${ACCOUNT}`)?.body?.S).toContain(
      'IAM is unavailable',
    );
    expect(pipeline.events.outcomes).toEqual([]);
  });

  it('fails a message that it cannot read, and logs only the wrong fields', async () => {
    const pipeline = mixedAccount();
    const body = '{"schema":"mfa-enforcer/sweep-request/1","account":"xoxb-canary"}';
    pipeline.sqs.sent.push({ queueUrl: SWEEPS_URL, body, delaySeconds: 0 });
    expect(await deliverSweeps(sweepHub(pipeline))).toBe(1);
    expect(JSON.stringify(pipeline.logged)).not.toContain('xoxb-canary');
  });
});

describe('a sweep of more users than may be blocked', () => {
  it('sends as many as there is room for, and reports the others once', async () => {
    const pipeline = testPipeline({ blockLimit: 30 });
    for (let index = 0; index < 250; index += 1) pipeline.iam.put(`user-${index}`);
    await sweepNightly(sweepHub(pipeline));
    const isWaiting = ({ body }: { body: string }) => body.includes('"refusedSince"');
    expect(pipeline.sqs.sent).toHaveLength(250);
    expect(pipeline.sqs.sent.filter(isWaiting)).toHaveLength(220);
    await deliver(pipeline);
    const open = pipeline.events.outcomes.filter(({ kind }) => kind === 'breaker-open');
    expect(open).toMatchObject([
      { counted: 0, assumed: 0, limit: 30, total: 220, why: expect.stringContaining('BlockLimit') },
    ]);
    expect(open[0]).toHaveProperty('users.length', 100);
  });

  it('blocks at most half the account if IAM answers empty device lists for all users', async () => {
    const pipeline = testPipeline({ blockLimit: 'auto' });
    pipeline.iam.credentialReport.age = 60_000;
    const users = Array.from({ length: 1000 }, (_, index) => `user-${index}`);
    for (const user of users) pipeline.iam.put(user, { devices: [virtual(user)] });
    const send = pipeline.iam.send.bind(pipeline.iam);
    pipeline.iam.send = async (command: object) => {
      const answer: object = await send(command);
      for (const list of ['MFADevices', 'VirtualMFADevices']) {
        if (list in answer) Object.assign(answer, { [list]: [] });
      }
      return answer as never;
    };
    await sweepNightly(sweepHub(pipeline));
    for (let batch = 0; batch < 60; batch += 1) {
      const bodies = pipeline.sqs.sent.splice(0, 10).map(({ body }) => ({ body }));
      await handleBatch(hubOf(pipeline), bodies);
    }
    expect(pipeline.sqs.sent).toHaveLength(500);
    expect(users.filter((user) => pipeline.iam.isBlocked(user))).toHaveLength(500);
    expect(pipeline.events.outcomes.filter(({ kind }) => kind === 'breaker-open')).toMatchObject([
      { total: 500, limit: 500 },
    ]);
  });

  it('catches up once the limit is raised', async () => {
    const pipeline = testPipeline({ blockLimit: 300 });
    for (let index = 0; index < 250; index += 1) pipeline.iam.put(`user-${index}`);
    await sweepNightly(sweepHub(pipeline));
    expect(pipeline.sqs.sent).toHaveLength(250);
    expect(pipeline.events.outcomes.map(({ kind }) => kind)).toEqual(['sweep-finished']);
  });
});

describe('a sweep started by hand', () => {
  it.each([[{}], [null]])(
    'with %j for an event has an id of its own, and its requests can be read',
    async (event) => {
      const pipeline = mixedAccount();
      await sweepNightly(sweepHub(pipeline), event);
      expect(pipeline.sqs.sent).toHaveLength(3);
      expect(await deliver(pipeline)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    },
  );
});

describe('exemptions that end soon', () => {
  it.each([
    ['2026-03-08', ['robot']],
    ['2026-03-02', ['robot']],
    ['2026-03-05', []],
    ['2026-12-31', []],
  ])('are announced a week and a day before: %s', async (until, announced) => {
    const pipeline = testPipeline();
    pipeline.iam.put('robot', { tags: { userType: 'Service', 'mfa-exempt-until': until } });
    const { finished } = await sweepAll(pipeline);
    expect(finished.endingExemptions).toEqual(announced.map((user) => ({ user, until })));
  });
});

describe('a break-glass user without MFA', () => {
  it('is exempt, and not in the summary', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('fire', { tags: { 'mfa-enforcer:break-glass': 'true' } });
    expect((await sweepAll(pipeline)).finished).toMatchObject({
      differences: 0,
      totals: { exempt: 1 },
    });
    expect(pipeline.sqs.sent).toEqual([]);
  });
});

describe('the report', () => {
  it('names all of them, in alphabetical order', async () => {
    const { iam, settings, now } = mixedAccount();
    iam.put('unprotected', { password: true });
    const report = await accountReport(iam, settings, reportDeps(now()));
    expect(report).toMatchObject({
      schema: 'mfa-enforcer/report/1',
      account: '111122223333',
      alias: null,
      rootMfa: true,
      totals: { users: 8, protected: 4, blocked: 1, unprotected: 1, exempt: 2, outOfScope: 0 },
    });
    expect(
      report.users.map(({ name, state, hasPassword, blocked }) => [
        name,
        state,
        hasPassword,
        blocked,
      ]),
    ).toEqual([
      ['blocked', 'blocked', false, true],
      ['fido', 'protected', false, false],
      ['hardware', 'protected', false, false],
      ['robot', 'exempt', false, false],
      ['robot-but-blocked', 'exempt', false, true],
      ['unprotected', 'unprotected', true, false],
      ['virtual', 'protected', false, false],
      ['virtual-but-blocked', 'protected', false, true],
    ]);
  });
});

describe('a report', () => {
  it.each([
    ['without MFA', { AccountMFAEnabled: 0 }, false],
    ['with MFA', { AccountMFAEnabled: 1 }, true],
    [
      'without any credentials, as with centralized root access',
      { AccountMFAEnabled: 0, AccountPasswordPresent: 0, AccountAccessKeysPresent: 0 },
      true,
    ],
    [
      'with an access key',
      { AccountMFAEnabled: 0, AccountPasswordPresent: 0, AccountAccessKeysPresent: 1 },
      false,
    ],
  ])('of a root user %s', async (_, summary, rootMfa) => {
    const pipeline = testPipeline();
    Object.assign(pipeline.iam.summary, summary);
    const report = await accountReport(pipeline.iam, pipeline.settings, reportDeps(new Date()));
    expect(report.rootMfa).toBe(rootMfa);
  });
});
