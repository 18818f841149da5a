import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../../functions/domain/rules/settings.ts';
import { accountPlan } from '../../../../functions/pipeline/report/account-plan.ts';
import { accountReport } from '../../../../functions/pipeline/report/account-report.ts';
import {
  type TimeSource,
  withTimeToEnrol,
} from '../../../../functions/pipeline/report/time-to-enrol.ts';
import { planText } from '../../../../functions/render/report/plan.ts';
import {
  handle,
  iamEvent,
  START,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';
import { SETTINGS_FROM } from '../../../fakes/report.ts';
import { reportDeps } from '../../../fakes/report-deps.ts';

const HOUR = 3_600_000;

/** An account in which dana has time to enrol, and olaf had it. */
async function account(change: Partial<Settings> = {}): Promise<TestPipeline> {
  const pipeline = testPipeline({ graceHours: 72, ...change });
  pipeline.iam.put('olaf', { password: true, createdAt: new Date(START) });
  await handle(pipeline, iamEvent('CreateUser', { user: 'olaf' }));
  pipeline.clock.time += 70 * HOUR;
  pipeline.iam.put('dana', { password: true, createdAt: new Date(pipeline.clock.time) });
  await handle(pipeline, iamEvent('CreateUser', { ago: -70 * 3600 }));
  pipeline.clock.time += 4 * HOUR;
  return pipeline;
}

const timeOf = ({ dynamo, now }: TestPipeline, name = 'memory'): TimeSource => ({
  table: { dynamo, name },
  now,
  reasonOf: (error) => ({ code: 'other', text: (error as Error).message }),
});

async function plan(pipeline: TestPipeline, source = timeOf(pipeline)) {
  const { iam, settings, now } = pipeline;
  const made = await accountPlan(iam, settings, {
    now,
    time: (of, users) => withTimeToEnrol(of, users, source),
  });
  return { ...made, settingsFrom: SETTINGS_FROM };
}

async function report(pipeline: TestPipeline, time = timeOf(pipeline)) {
  const { users } = await accountReport(
    pipeline.iam,
    pipeline.settings,
    reportDeps(pipeline.now(), { time }),
  );
  return users.map(({ name, state, graceUntil, reasons }) => [
    name,
    state,
    graceUntil ?? null,
    reasons.at(-1)?.text,
  ]);
}

describe('a user who has time to enrol', () => {
  it('is not to be blocked in a plan, which says until when', async () => {
    const pipeline = await account();
    const made = await plan(pipeline);
    expect(made.inGrace).toEqual([{ user: 'dana', until: '2026-03-07T10:00:00.000Z' }]);
    expect(made.blocks.map(({ user, reasons }) => [user, reasons.at(-1)?.code])).toEqual([
      ['olaf', 'grace-over'],
    ]);
    expect(planText(made, pipeline.now())).toContain(
      '\n1 user without MFA has time to enrol:\n  dana: would be blocked at 2026-03-07 10:00 UTC\n',
    );
  });

  it('would get a mail', async () => {
    const pipeline = await account({
      notifyUsers: { tag: 'email', domains: [] },
    });
    pipeline.iam.put('dana', { tags: { email: 'dana@example.com' } });
    const made = await plan(pipeline);
    expect(made.inGrace).toMatchObject([{ user: 'dana', email: 'dana@example.com' }]);
    expect(planText(made, pipeline.now())).toContain('mail to dana@example.com');
  });

  it('is unprotected in a report, which says until when', async () => {
    expect(await report(await account())).toEqual([
      [
        'dana',
        'unprotected',
        '2026-03-07T10:00:00.000Z',
        'has time to enrol until 2026-03-07 10:00 UTC',
      ],
      ['olaf', 'unprotected', null, 'the time to enrol is over'],
    ]);
  });

  it('may have it where the state table cannot be read', async () => {
    const pipeline = await account();
    pipeline.dynamo.fail.BatchGetItem = 1;
    const text = 'may have time to enrol, which is not known: BatchGetItem is unavailable';
    expect(await report(pipeline)).toEqual([
      ['dana', 'unprotected', null, text],
      ['olaf', 'unprotected', null, text],
    ]);
    const made = await plan(pipeline, { ...timeOf(pipeline), table: null });
    expect(made.inGrace).toBeUndefined();
    expect(made.blocks.map(({ reasons }) => reasons.at(-1))).toEqual([
      {
        code: 'grace-not-known',
        text: 'may have time to enrol, which is not known: no deployed stack was read',
      },
      expect.objectContaining({ code: 'grace-not-known' }),
    ]);
  });

  it('may have it in a forecast, which reads no table', async () => {
    const pipeline = await account();
    const { blocks } = await accountPlan(pipeline.iam, pipeline.settings, { now: pipeline.now });
    const text = 'may have time to enrol, which is not known: the state table was not read';
    expect(blocks.map(({ reasons }) => reasons.at(-1)?.text)).toEqual([text, text]);
  });

  it('would have it first in observe mode, for which no table is read', async () => {
    const pipeline = testPipeline({ graceHours: 72, mode: 'observe' });
    pipeline.iam.put('dana', { password: true });
    expect(await report(pipeline, { ...timeOf(pipeline), table: null })).toEqual([
      ['dana', 'unprotected', null, 'has 72 hours to enrol first'],
    ]);
  });

  it('costs no call where no user is to be blocked, or GraceHours is 0', async () => {
    const pipeline = testPipeline({ graceHours: 0 });
    pipeline.iam.put('dana', { password: true });
    await report(pipeline);
    const protectedOnly = testPipeline({ graceHours: 72 });
    protectedOnly.iam.put('dana', { password: true, devices: ['key'] });
    await report(protectedOnly);
    expect([...pipeline.dynamo.calls, ...protectedOnly.dynamo.calls]).toEqual([]);
  });
});
