import { NoSuchEntityException } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import {
  accountReport,
  monitorReport,
} from '../../../../functions/pipeline/report/account-report.ts';
import { ACCOUNT, testPipeline } from '../../../fakes/pipeline.ts';

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
    const { users, decidedBy } = await accountReport(iam, settings, now(), () => {
      read += 1;
    });
    expect(read).toBe(3);
    expect(decidedBy).toContain('all-users');
    expect(users[0]).toEqual({
      name: 'adam',
      arn: `arn:aws:iam::${ACCOUNT}:user/adam`,
      state: 'unprotected',
      reasons: [
        { code: 'no-mfa', text: 'no MFA device' },
        { code: 'not-exempt', text: 'no exemption' },
      ],
      hasPassword: true,
      devices: [],
      createdAt: '2024-03-01T09:00:00.000Z',
      blocked: false,
    });
    expect(users.map(({ name }) => name)).toEqual(['adam', 'mia', 'zoe']);
  });

  it('for a monitor lists the users without a device, and reads only their passwords', async () => {
    const { iam, settings, now } = account();
    const { users, totals } = await monitorReport(iam, settings, now());
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
    const { totals } = await report(iam, settings, now());
    expect(totals.users).toBe(2);
    expect(iam.count('GetLoginProfile')).toBeLessThan(3);
  });
});
