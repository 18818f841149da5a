import { NoSuchEntityException } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { stateKeys } from '../../../../events/state-keys.ts';
import type { LoggedActions } from '../../../../functions/domain/review/action-log.ts';
import { accountPlan } from '../../../../functions/pipeline/report/account-plan.ts';
import {
  accountReport,
  monitorReport,
  type ReportDeps,
} from '../../../../functions/pipeline/report/account-report.ts';
import { blockTimesInStateTable } from '../../../../functions/pipeline/report/block-times.ts';
import { readingDetails } from '../../../../functions/pipeline/report/plan-details.ts';
import { accessDenied } from '../../../fakes/memory-iam.ts';
import { blocked as blockedOutcome } from '../../../fakes/outcomes.ts';
import {
  ACCOUNT,
  BOUNDARY,
  handle,
  iamEvent,
  POLICY,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';
import { reportDeps } from '../../../fakes/report-deps.ts';

const HOUR_MS = 60 * 60 * 1000;
const device = (user: string) => `arn:aws:iam::${ACCOUNT}:mfa/${user}`;

describe('an account’s report', () => {
  const account = () => {
    const pipeline = testPipeline();
    pipeline.iam.put('zoe', { devices: [device('zoe')], password: true });
    pipeline.iam.put('adam', { password: true });
    pipeline.iam.put('mia', { devices: ['GAHT1'] });
    return pipeline;
  };

  it('has each user’s ARN, age and reasons, by name', async () => {
    const { iam, settings, now } = account();
    let read = 0;
    const { users, decidedBy } = await accountReport(
      iam,
      settings,
      reportDeps(now(), {
        onUser: () => {
          read += 1;
        },
      }),
    );
    expect(read).toBe(3);
    expect(decidedBy).toContain('all-users');
    expect(users[0]).toEqual({
      enrolmentProblem: null,
      name: 'adam',
      arn: `arn:aws:iam::${ACCOUNT}:user/adam`,
      state: 'unprotected',
      reasons: [
        { code: 'no-mfa', text: 'no MFA device' },
        { code: 'not-exempt', text: 'no exemption' },
      ],
      hasPassword: true,
      passwordFrom: 'live',
      devices: [],
      devicesFrom: 'live',
      createdAt: '2024-03-01T09:00:00.000Z',
      blocked: false,
      blockedSince: null,
      refusedSince: null,
      exemption: null,
      credentials: {
        lastSignInAt: null,
        passwordChangedAt: '2024-03-01T09:00:00.000Z',
        accessKeys: [],
        signingCertificates: [],
      },
      serviceCredentials: [],
      sshKeys: [],
    });
    expect(users.map(({ name }) => name)).toEqual(['adam', 'mia', 'zoe']);
  });

  it('for a monitor lists the users without a device, and reads only their passwords', async () => {
    const { iam, settings, now } = account();
    const { users, totals } = await monitorReport(iam, settings, reportDeps(now()));
    expect(users.map(({ name, hasPassword }) => [name, hasPassword])).toEqual([['adam', true]]);
    expect(totals.users).toBe(3);
    const asked = iam.calls.filter(({ action }) => action === 'GetLoginProfile');
    expect(asked.map(({ input }) => input.UserName)).toEqual(['adam']);
  });

  it.each([
    ['in full', accountReport],
    ['for a monitor', monitorReport],
  ])('leaves out users who are deleted in the meantime: %s', async (_, report) => {
    const { iam, settings, now } = account();
    iam.failNext(
      'ListMFADevices',
      () => new NoSuchEntityException({ message: 'no', $metadata: {} }),
    );
    const { totals } = await report(iam, settings, reportDeps(now()));
    expect(totals.users).toBe(2);
    expect(iam.count('GetLoginProfile')).toBeLessThan(3);
  });
});

describe('the facts of a report', () => {
  const read = async (pipeline: TestPipeline, change: Partial<ReportDeps> = {}) => {
    const { iam, settings, now } = pipeline;
    const report = await accountReport(iam, settings, reportDeps(now(), change));
    const user = report.users.find(({ name }) => name === 'dana');
    return { report, user };
  };

  it('name the kind of each device, and when it was enrolled', async () => {
    const pipeline = testPipeline();
    const key = `arn:aws:iam::${ACCOUNT}:u2f/user/dana/k`;
    const enrolledAt = '2024-03-01T09:00:00.000Z';
    const app = { serial: device('phone'), kind: 'authenticator-app', enrolledAt };
    const passkey = { serial: key, kind: 'passkey-or-security-key', enrolledAt };
    const token = { serial: 'GAHT1', kind: 'hardware-token', enrolledAt };
    pipeline.iam.put('dana', { devices: [key, 'GAHT1'] });
    expect((await read(pipeline)).user).toMatchObject({
      devices: [passkey, token],
      devicesFrom: 'live',
    });
    // The list of virtual devices has them. Others are not asked for.
    pipeline.iam.put('dana', { devices: [key, device('phone')] });
    expect((await read(pipeline)).user).toMatchObject({
      devices: [app],
      devicesFrom: 'virtual-devices',
    });
  });

  it('have the exemption of a user with a device, too', async () => {
    const pipeline = testPipeline();
    const tags = { userType: 'Service', 'mfa-exempt-until': '2099-12-31' };
    pipeline.iam.put('dana', { tags, devices: ['GAHT1'] });
    expect((await read(pipeline)).user).toMatchObject({
      state: 'protected',
      exemption: { inForce: true, reason: { code: 'exempt-tag' }, until: '2099-12-31' },
    });
  });

  it('take keys and sign-ins from the credential report, and have its time', async () => {
    const pipeline = testPipeline();
    const { iam, now } = pipeline;
    const lastUse = { at: new Date('2026-02-01T00:00:00Z'), service: 's3', region: 'eu-west-1' };
    const keys = [
      { id: 'AKIA1', lastUse },
      { id: 'AKIA2', active: false },
    ];
    iam.put('dana', { password: true, lastSignIn: new Date('2026-02-02T00:00:00Z'), keys });
    pipeline.clock.time += HOUR_MS;
    iam.credentialReport.age = HOUR_MS;
    const { report, user } = await read(pipeline);
    expect(report.sources.credentialReport).toEqual({
      status: 'read',
      generatedAt: new Date(now().getTime() - HOUR_MS).toISOString(),
    });
    expect(user?.credentials).toMatchObject({
      lastSignInAt: '2026-02-02T00:00:00.000Z',
      accessKeys: [
        { number: 1, active: true, lastUsedAt: '2026-02-01T00:00:00.000Z', lastUsedService: 's3' },
        { number: 2, active: false, lastUsedAt: null },
      ],
    });
    expect(iam.count('ListAccessKeys') + iam.count('GetAccessKeyLastUsed')).toBe(0);
  });

  it('do not have what the report says of an earlier user of the name', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { password: true });
    pipeline.clock.time += HOUR_MS;
    pipeline.iam.credentialReport.age = HOUR_MS;
    pipeline.iam.put('dana', { createdAt: pipeline.now() });
    expect((await read(pipeline)).user?.credentials).toBeNull();
  });

  it('do not have what the report does not say of a new user', async () => {
    const pipeline = testPipeline();
    pipeline.clock.time += HOUR_MS;
    pipeline.iam.put('dana', { password: true });
    pipeline.iam.credentialReport.age = HOUR_MS;
    expect((await read(pipeline)).user).toMatchObject({ hasPassword: true, credentials: null });
  });

  it('wait for the credential report', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.iam.credentialReport.notReady = 3;
    const waits: number[] = [];
    const sleep = async (ms: number) => waits.push(ms);
    expect((await read(pipeline, { sleep })).user?.credentials).not.toBeNull();
    expect(waits).toEqual([2_000, 5_000, 10_000]);
  });

  it.each<[string, (pipeline: TestPipeline) => void, string]>([
    [
      'that IAM does not finish',
      ({ iam }) => Object.assign(iam.credentialReport, { notReady: 99 }),
      'has not finished',
    ],
    [
      'that may not be made',
      ({ iam }) => iam.failNext('GenerateCredentialReport', accessDenied),
      'not authorized',
    ],
    [
      'that may not be read',
      ({ iam }) => iam.failNext('GetCredentialReport', accessDenied),
      'not authorized',
    ],
    [
      'that is none',
      ({ iam }) => iam.failNext('GetCredentialReport', () => new Error('no columns')),
      'no columns',
    ],
  ])('are absent with a credential report %s, and the report says why', async (_, spoil, why) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { password: true });
    spoil(pipeline);
    const { report, user } = await read(pipeline);
    expect(user).toMatchObject({ state: 'unprotected', hasPassword: true, credentials: null });
    expect(report.sources.credentialReport).toMatchObject({
      status: 'not-read',
      problem: { text: expect.stringContaining(why) },
    });
  });
});

describe('other credentials in a report', () => {
  const account = () => {
    const pipeline = testPipeline();
    const { iam } = pipeline;
    const sshKeys = [{ id: 'APKA1' }, { id: 'APKA2', active: false }];
    const bedrock = {
      id: 'ACCA1',
      service: 'bedrock.amazonaws.com',
      expiresAt: new Date('2026-04-01T00:00:00Z'),
    };
    const git = { id: 'ACCA2', service: 'codecommit.amazonaws.com', status: 'Inactive' as const };
    const old = { ...bedrock, id: 'ACCA3', status: 'Expired' as const };
    iam.put('dana', { sshKeys, serviceCredentials: [bedrock, git, old] });
    iam.put('olga', { sshKeys, serviceCredentials: [git], devices: ['GAHT1'] });
    iam.put('rob');
    return pipeline;
  };
  const read = ({ iam, settings, now }: TestPipeline) =>
    accountReport(iam, settings, reportDeps(now()));

  it('are service-specific ones of all users by one list, and SSH keys of users without a device', async () => {
    const pipeline = account();
    pipeline.iam.pages = { size: 3, empty: true };
    const { users } = await read(pipeline);
    const createdAt = '2024-03-01T09:00:00.000Z';
    const expiresAt = '2026-04-01T00:00:00.000Z';
    const service = 'bedrock.amazonaws.com';
    const git = {
      service: 'codecommit.amazonaws.com',
      status: 'inactive',
      createdAt,
      expiresAt: null,
    };
    expect(users.map(({ serviceCredentials }) => serviceCredentials)).toEqual([
      [
        { id: 'ACCA1', service, status: 'active', createdAt, expiresAt },
        { id: 'ACCA2', ...git },
        { id: 'ACCA3', service, status: 'expired', createdAt, expiresAt },
      ],
      [{ id: 'ACCA2', ...git }],
      [],
    ]);
    expect(users.map(({ sshKeys }) => sshKeys)).toEqual([
      [
        { id: 'APKA1', active: true, uploadedAt: createdAt },
        { id: 'APKA2', active: false, uploadedAt: createdAt },
      ],
      null,
      [],
    ]);
  });

  it('cost one call for each user without a device, and none after the first failure', async () => {
    const pipeline = account();
    await read(pipeline);
    expect(pipeline.iam.count('ListSSHPublicKeys')).toBe(2);
    for (let index = 0; index < 20; index += 1) pipeline.iam.put(`user-${index}`);
    pipeline.iam.failNext('ListSSHPublicKeys', accessDenied, 99);
    const { sources, users } = await read(pipeline);
    expect(sources.sshKeys).toMatchObject({ status: 'not-read' });
    expect(users.every(({ sshKeys }) => sshKeys === null)).toBe(true);
    // Four users are read at a time.
    expect(pipeline.iam.count('ListSSHPublicKeys')).toBeLessThanOrEqual(2 + 4);
  });
});

describe('the time of a block', () => {
  const since = async (pipeline: TestPipeline, dynamo = pipeline.dynamo) => {
    const { iam, settings, now } = pipeline;
    const blockTimes = blockTimesInStateTable(dynamo, 'memory', now);
    const { users, sources } = await accountReport(
      iam,
      settings,
      reportDeps(now(), { blockTimes }),
    );
    return { at: users.find(({ name }) => name === 'dana')?.blockedSince, sources };
  };
  const blocked = async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { password: true });
    await handle(pipeline, iamEvent('CreateUser'));
    const at = pipeline.now().toISOString();
    pipeline.clock.time += HOUR_MS;
    return { pipeline, at };
  };

  it('comes from the action log', async () => {
    const { pipeline, at } = await blocked();
    expect(await since(pipeline)).toMatchObject({
      at,
      sources: { stateTable: { status: 'read' } },
    });
  });

  it('is that of the refusal where the circuit breaker refused to block', async () => {
    const pipeline = testPipeline({ blockLimit: 1 });
    for (const user of ['dana', 'erin']) {
      pipeline.iam.put(user, { password: true });
      await handle(pipeline, iamEvent('CreateUser', { user }));
    }
    const at = pipeline.now().toISOString();
    const blockTimes = blockTimesInStateTable(pipeline.dynamo, 'memory', pipeline.now);
    const read = async () =>
      (
        await accountReport(
          pipeline.iam,
          pipeline.settings,
          reportDeps(pipeline.now(), { blockTimes }),
        )
      ).users.map(({ name, blockedSince, refusedSince }) => [name, blockedSince, refusedSince]);
    expect(await read()).toEqual([
      ['dana', at, null],
      ['erin', null, at],
    ]);
    pipeline.clock.time += 27 * HOUR_MS;
    expect((await read())[1]).toEqual(['erin', null, null]);
  });

  it('is unknown where others blocked the user', async () => {
    const { pipeline } = await blocked();
    pipeline.iam.put('erin', { policies: [POLICY] });
    const { users } = await accountReport(
      pipeline.iam,
      pipeline.settings,
      reportDeps(pipeline.now(), {
        blockTimes: blockTimesInStateTable(pipeline.dynamo, 'memory', pipeline.now),
      }),
    );
    expect(users.map(({ blockedSince }) => blockedSince === null)).toEqual([false, true]);
  });

  it.each<[string, (actions: LoggedActions) => object]>([
    ['is an unblock', ({ published: [last] }) => ({ published: [{ ...last, action: 'unblock' }] })],
    [
      'may not have been done',
      ({ published: [last] }) => ({ published: [{ ...last, certain: false }] }),
    ],
    [
      'is followed by one that is pending',
      ({ published: [last] }) => ({
        pending: { at: last?.at, failed: false, outcome: blockedOutcome({ at: last?.at ?? '' }) },
      }),
    ],
    [
      'is in the future',
      ({ published: [last] }) => ({ published: [{ ...last, at: '2099-01-01T00:00:00.000Z' }] }),
    ],
  ])('is unknown where the last action %s', async (_, change) => {
    const { pipeline } = await blocked();
    const id = stateKeys.actionLog(ACCOUNT, 'dana');
    const stored = pipeline.dynamo.items.get(id);
    const actions = JSON.parse(stored?.body?.S ?? '') as LoggedActions;
    const body = { S: JSON.stringify({ ...actions, ...change(actions) }) };
    pipeline.dynamo.items.set(id, { ...stored, body });
    expect((await since(pipeline)).at).toBeNull();
  });

  it('is unknown where the table cannot be read, and the report says why', async () => {
    const { pipeline } = await blocked();
    pipeline.dynamo.fail.BatchGetItem = 1;
    expect(await since(pipeline)).toMatchObject({
      at: null,
      sources: {
        stateTable: { status: 'not-read', problem: { text: 'BatchGetItem is unavailable' } },
      },
    });
  });

  it('costs no call where every user has an MFA device', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: ['arn:aws:iam::111122223333:mfa/dana'] });
    await since(pipeline);
    expect(pipeline.dynamo.calls).toEqual([]);
  });

  it('is not asked for without a table', async () => {
    const { pipeline } = await blocked();
    const { iam, settings, now } = pipeline;
    const { sources } = await accountReport(iam, settings, reportDeps(now()));
    expect(sources.stateTable).toMatchObject({ problem: { code: 'no-state-table' } });
  });
});

describe('a user whose permissions boundary denies enrolling', () => {
  const NARROW = `arn:aws:iam::${ACCOUNT}:policy/narrow`;
  const statement = (Action: string) => ({ Effect: 'Allow', Action, Resource: '*' });
  const account = (action = 's3:*') => {
    const pipeline = testPipeline();
    const { iam } = pipeline;
    iam.managed[NARROW] = { defaultId: 'v1', versions: { v1: { Statement: [statement(action)] } } };
    iam.put('bound', { boundary: NARROW, password: true });
    iam.put('blocked', { boundary: NARROW, policies: [POLICY] });
    iam.put('ours', { boundary: BOUNDARY });
    iam.put('free', { password: true });
    iam.put('protected', { boundary: NARROW, devices: ['GAHT1'] });
    iam.put('robot', { boundary: NARROW, tags: { userType: 'Service' } });
    return pipeline;
  };
  const read = async ({ iam, settings, now }: TestPipeline) => {
    const { users } = await accountReport(iam, settings, reportDeps(now()));
    return Object.fromEntries(
      users.flatMap(({ name, enrolmentProblem }) =>
        enrolmentProblem === null ? [] : [[name, enrolmentProblem.code]],
      ),
    );
  };

  it('is found by one call, made only for a user who is to be blocked and has such a boundary', async () => {
    const pipeline = account();
    expect(await read(pipeline)).toEqual({
      bound: 'boundary-denies-enrolling',
      blocked: 'boundary-denies-enrolling',
    });
    expect(pipeline.iam.count('SimulatePrincipalPolicy')).toBe(2);
  });

  it('is none with a boundary that allows it', async () => {
    expect(await read(account('iam:*'))).toEqual({});
  });

  it('is said to be unknown where the simulator fails, and the report goes on', async () => {
    const pipeline = account();
    pipeline.iam.failNext('SimulatePrincipalPolicy', accessDenied, 2);
    expect(await read(pipeline)).toEqual({
      bound: 'enrolling-not-checked',
      blocked: 'enrolling-not-checked',
    });
  });

  it('is in a plan', async () => {
    const { iam, settings, now } = account();
    const readDetails = readingDetails(reportDeps(now()));
    const { blocks } = await accountPlan(iam, settings, { now, readDetails });
    expect(blocks.map(({ user, enrolmentProblem }) => [user, enrolmentProblem?.code])).toEqual([
      ['bound', 'boundary-denies-enrolling'],
      ['free', undefined],
    ]);
  });
});
