import { describe, expect, it } from 'vitest';
import type { Report, ReportedUser } from '../../../../events/report.ts';
import {
  accountReport,
  monitorReport,
} from '../../../../functions/pipeline/report/account-report.ts';
import { accessDenied, type MemoryUser, throttled } from '../../../fakes/memory-iam.ts';
import { ACCOUNT, POLICY, type TestPipeline, testPipeline } from '../../../fakes/pipeline.ts';
import { reportDeps } from '../../../fakes/report-deps.ts';

const HOUR_MS = 60 * 60_000;
const PHONE = `arn:aws:iam::${ACCOUNT}:mfa/phone`;
const KEY = `arn:aws:iam::${ACCOUNT}:u2f/user/dana/key`;
const SERVICE = { userType: 'Service' };

type Settings = Parameters<typeof testPipeline>[0];

/** An account of one user, who is older than the credential report of two hours ago. */
function accountOf(user: Partial<MemoryUser>, change: Settings = {}): TestPipeline {
  const pipeline = testPipeline(change);
  pipeline.iam.put('dana', user);
  pipeline.clock.time += 3 * HOUR_MS;
  pipeline.iam.credentialReport.age = 2 * HOUR_MS;
  return pipeline;
}

const readings = {
  whole: (pipeline: TestPipeline, maxAgeMs: number | null) =>
    accountReport(pipeline.iam, pipeline.settings, reportDeps(pipeline.now(), { maxAgeMs })),
  monitor: (pipeline: TestPipeline, maxAgeMs: number | null) =>
    monitorReport(pipeline.iam, pipeline.settings, reportDeps(pipeline.now(), { maxAgeMs })),
  table: (pipeline: TestPipeline, maxAgeMs: number | null) =>
    monitorReport(
      pipeline.iam,
      pipeline.settings,
      reportDeps(pipeline.now(), { maxAgeMs }),
      'states',
    ),
};
type Reading = keyof typeof readings;

/** The calls for the user alone, as "devices" and "password". */
function callsIn({ iam }: TestPipeline): string {
  const names: Record<string, string> = { ListMFADevices: 'devices', GetLoginProfile: 'password' };
  return iam.calls.flatMap(({ action }) => names[action] ?? []).join(' ');
}

const kinds = {
  'with an app': { devices: [PHONE], password: true },
  'with a passkey': { devices: [KEY], password: true },
  unprotected: { password: true },
  blocked: { policies: [POLICY], password: true },
  exempt: { tags: SERVICE },
  'exempt with a password': { tags: SERVICE, password: true },
  'exempt with a passkey': { tags: SERVICE, devices: [KEY] },
} as const satisfies Readonly<Record<string, Partial<MemoryUser>>>;
type Kind = keyof typeof kinds;

describe('a user whom the credential report has', () => {
  it.each<[Kind, Reading, string]>([
    ['with an app', 'whole', ''],
    ['with an app', 'monitor', ''],
    ['with a passkey', 'whole', 'devices'],
    ['with a passkey', 'monitor', 'devices'],
    ['unprotected', 'whole', 'devices password'],
    ['unprotected', 'monitor', 'devices password'],
    ['unprotected', 'table', 'devices'],
    ['blocked', 'whole', 'devices password'],
    ['blocked', 'monitor', 'devices password'],
    ['blocked', 'table', 'devices'],
    ['exempt', 'whole', ''],
    ['exempt', 'monitor', ''],
    ['exempt with a password', 'whole', 'devices'],
    ['exempt with a password', 'monitor', 'devices'],
    ['exempt with a passkey', 'whole', 'devices'],
    ['exempt with a passkey', 'monitor', 'devices'],
  ])('%s, in a report of the kind %s, is asked for: %s', async (kind, reading, calls) => {
    const pipeline = accountOf(kinds[kind]);
    await readings[reading](pipeline, null);
    expect(callsIn(pipeline)).toBe(calls);
  });

  it.each(Object.keys(kinds) as Kind[])('%s, is not asked for within --max-age', async (kind) => {
    for (const reading of Object.values(readings)) {
      const pipeline = accountOf(kinds[kind]);
      await reading(pipeline, 2 * HOUR_MS);
      expect(callsIn(pipeline)).toBe('');
    }
  });

  it.each<[Kind, string]>([
    ['with an app', 'password'],
    ['with a passkey', 'devices password'],
    ['exempt', 'devices password'],
  ])('%s, is read live where that is older than --max-age: %s', async (kind, calls) => {
    const pipeline = accountOf(kinds[kind]);
    const { sources } = await readings.whole(pipeline, 2 * HOUR_MS - 1);
    expect(callsIn(pipeline)).toBe(calls);
    expect(sources.maxAge?.problem).toMatchObject({ code: 'too-old' });
    expect(sources.passwords).toEqual({ live: 1, credentialReport: 0, generatedAt: null });
  });

  it.each<[string, Partial<MemoryUser>, Settings, string]>([
    [
      'whose password ends the exemption',
      { tags: SERVICE },
      { exemptPassword: 'ends-exemption' },
      'devices password',
    ],
    ['whose scope the password decides', {}, { scope: 'console-users' }, 'devices password'],
    ['whom no scope covers', {}, { scope: 'no-users' }, ''],
  ])('%s, is read live only if the state hangs on it', async (_, user, change, calls) => {
    for (const reading of Object.values(readings)) {
      const pipeline = accountOf(user, change);
      await reading(pipeline, null);
      expect(callsIn(pipeline)).toBe(calls);
    }
  });
});

describe('a user whom the credential report does not have', () => {
  it.each<[string, (pipeline: TestPipeline) => void]>([
    [
      'is newer than it',
      ({ iam, now }) => void iam.put('dana', { tags: SERVICE, createdAt: now() }),
    ],
    [
      'is not in a report that may not be made',
      ({ iam }) => iam.failNext('GenerateCredentialReport', accessDenied),
    ],
    [
      'is not in a report that may not be read',
      ({ iam }) => iam.failNext('GetCredentialReport', accessDenied),
    ],
    [
      'is not in a report that IAM still makes',
      ({ iam }) => void Object.assign(iam.credentialReport, { notReady: 99 }),
    ],
  ])('%s: the user is read live', async (_, change) => {
    for (const reading of Object.values(readings)) {
      for (const maxAgeMs of [null, 4 * HOUR_MS]) {
        const pipeline = accountOf({ tags: SERVICE });
        change(pipeline);
        const { sources, users } = await reading(pipeline, maxAgeMs);
        expect(callsIn(pipeline)).toBe('devices password');
        expect(users).toMatchObject([
          { state: 'exempt', hasPassword: false, passwordFrom: 'live', devicesFrom: 'live' },
        ]);
        expect(sources).toMatchObject({
          devices: { live: 1, virtualDevices: 0, credentialReport: 0, generatedAt: null },
          passwords: { live: 1, credentialReport: 0, generatedAt: null },
        });
      }
    }
  });

  it('is an error where the live reading fails, and never a user without a password', async () => {
    for (const action of ['ListMFADevices', 'GetLoginProfile']) {
      const pipeline = accountOf(kinds.unprotected);
      pipeline.iam.failNext(action, throttled);
      await expect(readings.monitor(pipeline, null)).rejects.toThrow('Rate exceeded');
    }
  });
});

describe('a report', () => {
  const of = (report: Omit<Report, 'settingsFrom'>, name = 'dana'): ReportedUser | undefined =>
    report.users.find((user) => user.name === name);

  it('says where each user’s facts come from, and how old they are', async () => {
    const pipeline = accountOf(kinds.exempt);
    const { iam, clock, now } = pipeline;
    clock.time -= 3 * HOUR_MS;
    iam.put('app', kinds['with an app']);
    iam.put('bare', kinds.unprotected);
    clock.time += 3 * HOUR_MS;
    const report = await readings.whole(pipeline, null);
    const generatedAt = new Date(now().getTime() - 2 * HOUR_MS).toISOString();
    expect(report.sources).toMatchObject({
      devices: { live: 1, virtualDevices: 1, credentialReport: 1, generatedAt },
      passwords: { live: 1, credentialReport: 2, generatedAt },
      maxAge: null,
      credentialReport: { status: 'read', generatedAt },
    });
    const from = ({ passwordFrom, devicesFrom }: ReportedUser) => [passwordFrom, devicesFrom];
    expect(report.users.map(from)).toEqual([
      ['credential-report', 'virtual-devices'],
      ['live', 'live'],
      ['credential-report', 'credential-report'],
    ]);
  });

  it.each<[Kind, string, object]>([
    ['with an app', 'protected', { serial: PHONE, kind: 'authenticator-app' }],
    ['with a passkey', 'protected', { serial: null, kind: 'not-read', enrolledAt: null }],
  ])('within --max-age names no device that was not read: %s', async (kind, state, device) => {
    const report = await readings.whole(accountOf(kinds[kind]), 4 * HOUR_MS);
    expect(of(report)).toMatchObject({ state, hasPassword: true, devices: [device] });
    expect(report.sources.maxAge).toEqual({ minutes: 240, problem: null });
  });

  it('within --max-age is as old as the report says: a device enrolled since is not seen', async () => {
    const pipeline = accountOf(kinds.unprotected);
    pipeline.clock.time -= HOUR_MS;
    pipeline.iam.put('dana', { devices: [KEY] });
    pipeline.clock.time += HOUR_MS;
    const old = await readings.monitor(pipeline, 4 * HOUR_MS);
    expect(old.totals).toMatchObject({ unprotected: 1, protected: 0 });
    expect(old.sources.devices).toMatchObject({ live: 0, credentialReport: 1 });
    expect((await readings.monitor(pipeline, null)).totals).toMatchObject({ protected: 1 });
  });

  it('has the reason of AWS where --max-age did not apply', async () => {
    const pipeline = accountOf(kinds.unprotected);
    pipeline.iam.failNext('GenerateCredentialReport', accessDenied);
    const { sources } = await readings.monitor(pipeline, 4 * HOUR_MS);
    expect(sources.maxAge?.problem?.text).toContain('not authorized');
  });

  it('for a monitor waits seven seconds at most for a report that IAM makes', async () => {
    const pipeline = accountOf(kinds.exempt);
    pipeline.iam.credentialReport.notReady = 99;
    const waits: number[] = [];
    const sleep = async (ms: number) => waits.push(ms);
    await monitorReport(pipeline.iam, pipeline.settings, reportDeps(pipeline.now(), { sleep }));
    expect(waits).toEqual([2_000, 5_000]);
  });

  it('asks for the credential report once', async () => {
    for (const reading of Object.values(readings)) {
      const pipeline = accountOf(kinds.exempt);
      await reading(pipeline, null);
      expect(pipeline.iam.count('GenerateCredentialReport')).toBe(1);
      expect(pipeline.iam.count('GetCredentialReport')).toBe(1);
    }
  });
});
