import { describe, expect, it } from 'vitest';
import {
  type Metrics,
  metricUnits,
  reviewMetrics,
} from '../../../../functions/domain/outcomes/metrics.ts';
import { AccountUnreachable } from '../../../../functions/pipeline/accounts/spoke-session.ts';
import { deliverSweeps, sweepHub, sweepNightly } from '../../../fakes/nightly.ts';
import { blocked } from '../../../fakes/outcomes.ts';
import {
  ACCOUNT,
  handle,
  iamEvent,
  POLICY,
  START,
  sweepRequest,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';

type Line = Metrics & Readonly<Record<string, unknown>>;

const lines = ({ metricLines }: TestPipeline) =>
  metricLines.map((line) => JSON.parse(line) as Line);

/** The metrics of each line, without what it is about. */
function measured(pipeline: TestPipeline): Metrics[] {
  return lines(pipeline).map((line) =>
    Object.fromEntries(Object.entries(line).filter(([name]) => name in metricUnits)),
  );
}

const phone = 'arn:aws:iam::111122223333:mfa/phone';

describe('a review is measured', () => {
  it('with the time from the event to the block, and the user', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    const attach = pipeline.iam.send.bind(pipeline.iam);
    pipeline.iam.send = async (command: object) => {
      // The write takes its time: it is part of what is measured.
      if (command.constructor.name === 'AttachUserPolicyCommand') pipeline.clock.time += 750;
      return attach(command as never) as never;
    };
    await handle(pipeline, iamEvent('CreateUser', { ago: 3, eventId: 'e1' }));
    expect(lines(pipeline)).toMatchObject([
      {
        Stack: 'iam-mfa-enforcer-test',
        account: '111122223333',
        user: 'dana',
        cause: 'e1',
        eventName: 'CreateUser',
        Reviews: 1,
        BlockLatency: 3750,
      },
    ]);
  });

  it('with the time to the unblock', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [phone], policies: [POLICY] });
    await handle(
      pipeline,
      iamEvent('EnableMFADevice', { ago: 2, parameters: { serialNumber: phone } }),
    );
    expect(measured(pipeline)).toEqual([{ Reviews: 1, UnblockLatency: 2000 }]);
  });

  it('as found by the sweep if its event was lost', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    await handle(pipeline, sweepRequest('dana'));
    expect(measured(pipeline)).toEqual([{ Reviews: 1, FoundBySweep: 1 }]);
    expect(lines(pipeline)).toMatchObject([{ cause: 'sweep-1', user: 'dana' }]);
    expect(lines(pipeline)[0]).not.toHaveProperty('eventName');
  });

  it('but not as found if an exemption has ended: that has no event', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { tags: { userType: 'Service', 'mfa-exempt-until': '2026-02-27' } });
    await handle(pipeline, sweepRequest('dana'));
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    expect(measured(pipeline)).toEqual([{ Reviews: 1 }]);
  });

  it('as refused by the breaker, each user', async () => {
    const pipeline = testPipeline({ blockLimit: 0 });
    for (const user of ['dana', 'erin']) pipeline.iam.put(user);
    await handle(pipeline, ...['dana', 'erin'].map((user) => iamEvent('CreateUser', { user })));
    expect(measured(pipeline)).toEqual([
      { Reviews: 1, BreakerOpen: 1 },
      { Reviews: 1, BreakerOpen: 1 },
    ]);
  });

  it('as a review if there was nothing to do, or no user', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [phone] });
    await handle(pipeline, iamEvent('EnableMFADevice', { parameters: { serialNumber: phone } }));
    await handle(pipeline, iamEvent('CreateUser', { user: 'gone', ago: 300 }));
    expect(measured(pipeline)).toEqual([{ Reviews: 1 }, { Reviews: 1 }]);
  });

  it('not where it was stale: it comes again', async () => {
    const pipeline = testPipeline();
    await handle(pipeline, iamEvent('CreateUser', { user: 'not-there-yet' }));
    expect(pipeline.metricLines).toEqual([]);
  });

  it('once its outcome is published, by a later try if need be', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.events.fail = 3;
    pipeline.sqs.fail = 1;
    const body = iamEvent('CreateUser', { ago: 1 });
    await handle(pipeline, body);
    expect(measured(pipeline)).toEqual([]);
    pipeline.clock.time += 180_000;
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
    expect(measured(pipeline)).toEqual([{ Reviews: 1, BlockLatency: 181_000 }]);
  });

  it('as done at once where CloudTrail’s clock is ahead', () => {
    const reviewed = { kind: 'reviewed' as const, outcomes: [blocked()] };
    expect(reviewMetrics(reviewed, new Date(START - 500))).toEqual({ Reviews: 1, BlockLatency: 0 });
  });
});

describe('a sweep is measured', () => {
  it('once it has finished', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    await sweepNightly(sweepHub(pipeline));
    expect(lines(pipeline)).toMatchObject([
      { account: '111122223333', cause: 'sweep-1', SweepsFinished: 1 },
    ]);
  });

  it('in observe mode, too', async () => {
    const pipeline = testPipeline({ mode: 'observe' });
    await sweepNightly(sweepHub(pipeline));
    expect(measured(pipeline)).toEqual([{ SweepsFinished: 1 }]);
  });

  it('with the users whom the breaker refused', async () => {
    const pipeline = testPipeline({ blockLimit: 1 });
    for (const user of ['dana', 'erin', 'fay']) pipeline.iam.put(user);
    await sweepNightly(sweepHub(pipeline));
    expect(measured(pipeline)).toEqual([{ SweepsFinished: 1, BreakerOpen: 2 }]);
  });

  it('not where it failed, so that its heartbeat is missing', async () => {
    const pipeline = testPipeline();
    pipeline.iam.send = () => Promise.reject(new Error('IAM is unavailable'));
    expect(await sweepNightly(sweepHub(pipeline))).toBe(1);
    expect(pipeline.metricLines).toEqual([]);
  });

  it('of an organization once, when it is over, with the accounts that could not be read', async () => {
    const pipeline = testPipeline();
    const other = '444455556666';
    const accounts = [ACCOUNT, other].map((id) => ({ id, name: id, active: true }));
    const hub = sweepHub(pipeline, { id: 'o-a1b2c3d4e5', accounts });
    const own = hub.accounts;
    const lost = new AccountUnreachable(other, 'role-not-assumable', 'has no role');
    const reach = (account: string) =>
      account === ACCOUNT ? own.of(account) : Promise.reject(lost);
    const organization = { ...hub, accounts: { own: hub, of: reach } };
    expect(await sweepNightly(organization)).toBe(0);
    expect(measured(pipeline)).toEqual([{ SweepsFinished: 1, AccountsUnswept: 1 }]);
    expect(lines(pipeline)).toMatchObject([{ cause: 'sweep-1', organization: 'o-a1b2c3d4e5' }]);
    expect(await deliverSweeps(organization)).toBe(0);
  });
});
