import { describe, expect, it } from 'vitest';
import {
  accountReport,
  monitorReport,
} from '../../../../functions/pipeline/report/account-report.ts';
import { findingsOf } from '../../../../functions/render/report/findings.ts';
import { monitorFormats } from '../../../../functions/render/report/formats.ts';
import { throttled } from '../../../fakes/memory-iam.ts';
import { ACCOUNT, POLICY, type TestPipeline, testPipeline } from '../../../fakes/pipeline.ts';
import { SETTINGS_FROM } from '../../../fakes/report.ts';
import { reportDeps } from '../../../fakes/report-deps.ts';

/** Every kind of user that a finding may be about, with a password and without. */
function everyKind(change: Parameters<typeof testPipeline>[0] = {}): TestPipeline {
  const pipeline = testPipeline(change);
  const kinds = {
    virtual: { devices: [`arn:aws:iam::${ACCOUNT}:mfa/phone`] },
    hardware: { devices: ['GAHT12345678'] },
    bare: {},
    blocked: { policies: [POLICY] },
    enrolled: { policies: [POLICY], devices: [`arn:aws:iam::${ACCOUNT}:mfa/new`] },
    robot: { tags: { userType: 'Service' } },
    'robot-blocked': { tags: { userType: 'Service' }, policies: [POLICY] },
    'robot-with-mfa': { tags: { userType: 'Service' }, devices: ['GAHT1'], policies: [POLICY] },
    'break-glass': { tags: { 'mfa-enforcer:break-glass': 'true' } },
  };
  for (const [name, user] of Object.entries(kinds)) {
    pipeline.iam.put(name, user);
    pipeline.iam.put(`${name}-with-password`, { ...user, password: true });
  }
  return pipeline;
}

describe.each([
  {},
  { scope: 'console-users' },
  { exemptPassword: 'ends-exemption' },
  { unblock: 'never' },
] as const)('the reading for monitors, of a deployment with %j', (change) => {
  it.each(Object.entries(monitorFormats))(
    'has the same numbers as the whole report: %s',
    async (_, format) => {
      const { iam, settings, now } = everyKind(change);
      const whole = {
        ...(await accountReport(iam, settings, reportDeps(now()))),
        settingsFrom: SETTINGS_FROM,
      };
      const short = {
        ...(await monitorReport(iam, settings, reportDeps(now()))),
        settingsFrom: SETTINGS_FROM,
      };
      expect(findingsOf(whole).withoutMfa.length).toBeGreaterThan(0);
      expect(findingsOf(short)).toEqual(findingsOf(whole));
      // The sources are not the same, because a monitor shows no password of a protected user.
      const alike = { ...short, sources: whole.sources };
      expect(format.render(alike)).toBe(format.render(whole));
    },
  );
});

describe('the reading for monitors', () => {
  it('asks nothing more of users with a virtual device, and of the password only where there is none', async () => {
    const { iam, settings, now } = everyKind();
    await monitorReport(iam, settings, reportDeps(now()));
    const users = (action: string) =>
      iam.calls.filter((call) => call.action === action).map(({ input }) => String(input.UserName));
    expect(users('ListMFADevices').filter((user) => /^(virtual|enrolled)/.test(user))).toEqual([]);
    expect(
      users('GetLoginProfile').filter((user) => /^(hardware|robot-with-mfa)/.test(user)),
    ).toEqual([]);
    // Two bulk readings, the alias and the summary, the credential report; and the users without a virtual device.
    expect(iam.calls).toHaveLength(2 + 2 + 2 + 11 + 4);
  });

  it('is none where a read fails', async () => {
    const { iam, settings, now } = everyKind();
    iam.failNext('GetLoginProfile', throttled);
    await expect(monitorReport(iam, settings, reportDeps(now()))).rejects.toThrow('Rate exceeded');
  });
});
