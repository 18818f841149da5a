import { describe, expect, it } from 'vitest';
import { SweepRequest } from '../../../../events/requests.ts';
import { sweep } from '../../../../functions/pipeline/sweep/scan-account.ts';
import { handleSweepMessage } from '../../../../functions/pipeline/sweep/sweep-account.ts';
import { throttled } from '../../../fakes/memory-iam.ts';
import { SWEEPS_URL, sweepHub, takeSweeps } from '../../../fakes/nightly.ts';
import {
  ACCOUNT,
  hubOf,
  POLICY,
  START,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const REQUEST = JSON.stringify({
  schema: 'mfa-enforcer/sweep-request/1',
  account: ACCOUNT,
  sweepId: 'sweep-1',
  startedAt: new Date(START).toISOString(),
});

const named = (index: number) => `user-${String(index).padStart(4, '0')}`;

/**
 * A tenth unprotected, a tenth with a hardware device, a tenth blocked though enrolled, the others with a virtual one. The
 * credential report is older than a sweep, so that users are read.
 */
function account(users: number, pageSize = 1000): TestPipeline {
  const pipeline = testPipeline({ blockLimit: users }, { pageSize });
  pipeline.iam.credentialReport.age = 60_000;
  for (let index = 0; index < users; index += 1) {
    const kind = index % 10;
    const virtual = `arn:aws:iam::${ACCOUNT}:mfa/${named(index)}`;
    pipeline.iam.put(named(index), {
      devices: kind === 0 ? [] : kind === 1 ? [`GAHT${index}`] : [virtual],
      policies: kind === 2 ? [POLICY] : [],
    });
  }
  return pipeline;
}

/** Delivers a message of the queue of sweeps, and each that it sends, until there is none. @returns how many runs */
async function deliverAll(hub: TestPipeline, msLeft: () => number): Promise<number> {
  let runs = 0;
  let waiting = [REQUEST];
  while (waiting.length > 0) {
    for (const body of waiting) {
      runs += 1;
      await handleSweepMessage(hubOf(hub), body, msLeft);
    }
    waiting = takeSweeps(hub);
  }
  return runs;
}

const reviewed = ({ sqs }: TestPipeline) =>
  sqs.sent
    .filter(({ queueUrl }) => queueUrl !== SWEEPS_URL)
    .map(({ body }) => (JSON.parse(body) as { user: string }).user);

const finishedOf = ({ events }: TestPipeline) =>
  events.outcomes.filter(({ kind }) => kind === 'sweep-finished');

describe('a sweep whose time is up', () => {
  it.each([
    [40, 1000],
    [40, 7],
    [237, 50],
  ])('goes on where it left off, of %i users in pages of %i', async (users, pageSize) => {
    const whole = account(users, pageSize);
    const once = sweepHub(whole);
    expect(await deliverAll(once, () => 900_000)).toBe(1);

    const inParts = account(users, pageSize);
    const parts = sweepHub(inParts);
    // No time for a second page: each run takes one.
    const runs = await deliverAll(parts, () => 0);
    expect(runs).toBe(Math.ceil(users / pageSize));
    expect(reviewed(parts)).toEqual(reviewed(once));
    expect(new Set(reviewed(parts)).size).toBe(reviewed(parts).length);
    expect(finishedOf(inParts)).toEqual(finishedOf(whole));
    const asked = (iam: TestPipeline['iam']) => iam.count('ListMFADevices');
    expect(asked(inParts.iam)).toBe(asked(whole.iam));
  });

  it('of five thousand users loses no user, reads no user twice, and its messages stay small', async () => {
    const pipeline = account(5000);
    const hub = sweepHub(pipeline);
    let looks = 0;
    let largest = 0;
    const send = hub.sqs.send.bind(hub.sqs);
    hub.sqs.send = (command: object) => {
      const { input } = command as { input: { MessageBody?: string } };
      largest = Math.max(largest, input.MessageBody?.length ?? 0);
      return send(command) as never;
    };
    // Time for two pages a run.
    const runs = await deliverAll(hub, () => {
      looks += 1;
      return looks % 2 === 0 ? 0 : 900_000;
    });
    expect(runs).toBe(3);
    expect(new Set(reviewed(hub)).size).toBe(1000);
    expect(reviewed(hub)).toHaveLength(1000);
    expect(pipeline.iam.count('ListMFADevices')).toBe(1000);
    expect(finishedOf(pipeline)).toMatchObject([
      { totals: { users: 5000, unprotected: 500, protected: 4500 }, differences: 1000 },
    ]);
    expect(largest).toBeGreaterThan(10_000);
    expect(largest).toBeLessThan(256_000);
  });

  it('blocks no more than the limit in total, and reports the others once', async () => {
    const pipeline = testPipeline({ blockLimit: 30 }, { pageSize: 20 });
    for (let index = 0; index < 250; index += 1) pipeline.iam.put(named(index));
    const hub = sweepHub(pipeline);
    await deliverAll(hub, () => 0);
    expect(reviewed(hub)).toHaveLength(250);
    const waiting = hub.sqs.sent.filter(({ body }) => body.includes('"refusedSince"'));
    expect(waiting).toHaveLength(220);
    const open = pipeline.events.outcomes.filter(({ kind }) => kind === 'breaker-open');
    expect(open).toMatchObject([{ counted: 0, limit: 30, total: 220 }]);
    expect(open[0]).toHaveProperty('users.length', 100);
  });

  it('reads a user created in the meantime, and goes on after a deleted one', async () => {
    const pipeline = account(40, 10);
    const hub = sweepHub(pipeline);
    await handleSweepMessage(hubOf(hub), REQUEST, () => 0);
    pipeline.iam.remove(named(30));
    pipeline.iam.put('zoe');
    const [next = ''] = takeSweeps(hub);
    await handleSweepMessage(hubOf(hub), next, () => 900_000);
    expect(reviewed(hub)).toContain('zoe');
    expect(reviewed(hub)).not.toContain(named(30));
    expect(finishedOf(pipeline)).toMatchObject([{ totals: { users: 40 } }]);
  });

  it('begins anew where IAM no longer knows the page', async () => {
    const pipeline = account(40, 10);
    const hub = sweepHub(pipeline);
    await handleSweepMessage(hubOf(hub), REQUEST, () => 0);
    const parsed = SweepRequest.parse(JSON.parse(takeSweeps(hub)[0] ?? ''));
    const next = { ...parsed, progress: { ...parsed.progress, marker: '10' } };
    const refused = () => Object.assign(new Error('Invalid Marker.'), { name: 'ValidationError' });
    pipeline.iam.failNext('GetAccountAuthorizationDetails', refused);
    await handleSweepMessage(hubOf(hub), JSON.stringify(next), () => 900_000);
    expect(finishedOf(pipeline)).toMatchObject([{ totals: { users: 40 }, differences: 8 }]);
    expect(new Set(reviewed(hub)).size).toBe(8);
  });
});

describe('one run of a sweep', () => {
  const causes = { startedAt: new Date(START).toISOString() };

  it('reports that it is finished, and without a time limit needs one run', async () => {
    const pipeline = account(40, 10);
    const swept = await sweep(pipeline, 'sweep-1', causes);
    expect(swept).toMatchObject({ kind: 'finished', finished: { totals: { users: 40 } } });
    expect(swept.outcomes).toHaveLength(1);
  });

  it.each([
    [400_000, 'finished'],
    [399_999, 'unfinished'],
  ])('with %i ms left is %s', async (ms, kind) => {
    const swept = await sweep(account(40, 20), 'sweep-1', { ...causes, msLeft: () => ms });
    expect(swept).toMatchObject({ kind, outcomes: { length: kind === 'finished' ? 1 : 0 } });
  });

  it('continues with the next page', async () => {
    const run = { ...causes, msLeft: () => 0 };
    const pipeline = account(40, 16);
    const first = await sweep(pipeline, 'sweep-1', run);
    expect(first).toMatchObject({ kind: 'unfinished', progress: { marker: '16' } });
    if (first.kind !== 'unfinished') throw new Error('finished');
    const second = await sweep(pipeline, 'sweep-1', { ...run, progress: first.progress });
    expect(second).toMatchObject({
      kind: 'unfinished',
      progress: { marker: '32', tally: { totals: { users: 32 } } },
    });
  });

  it.each([
    ['begins anew', 'ValidationError', 'Invalid Marker.', true],
    ['does not for want of time', 'ThrottlingException', 'marker: rate exceeded', false],
    ['does not for another reason', 'ServiceFailure', 'Internal error', false],
  ])('%s where the page to go on with is refused', async (_, name, message, isAnew) => {
    const pipeline = account(40, 10);
    const first = await sweep(pipeline, 'sweep-1', { ...causes, msLeft: () => 0 });
    if (first.kind !== 'unfinished') throw new Error('finished');
    const progress = { ...first.progress, marker: '10' };
    const refused = () => Object.assign(new Error(message), { name });
    pipeline.iam.failNext('GetAccountAuthorizationDetails', refused);
    pipeline.clock.time += 60_000;
    const again = sweep(pipeline, 'sweep-1', { ...causes, progress });
    const warning = 'IAM no longer accepts the marker of the next page: the sweep starts again';
    if (!isAnew) await expect(again).rejects.toThrow(message);
    else
      expect(await again).toMatchObject({
        kind: 'finished',
        finished: { totals: { users: 40 }, startedAt: causes.startedAt },
      });
    const warnings = pipeline.logged.filter(({ level }) => level === 'warn');
    expect(warnings.map((one) => one.message)).toEqual(isAnew ? [warning] : []);
  });

  it('does not begin anew for ever', async () => {
    const pipeline = account(40, 10);
    const refused = () => Object.assign(new Error('Invalid Marker.'), { name: 'ValidationError' });
    pipeline.iam.failNext('GetAccountAuthorizationDetails', refused, 9);
    await expect(sweep(pipeline, 'sweep-1', causes)).rejects.toThrow('Invalid Marker.');
  });
});

/** IAM answers with an error when it is asked for a user's devices for the nth time, or whenever it is about the user. */
function failing(pipeline: TestPipeline, isFailing: (reads: number, user: unknown) => boolean) {
  const call = pipeline.iam.call.bind(pipeline.iam);
  let reads = 0;
  pipeline.iam.call = (action, input) => {
    if (action === 'ListMFADevices') {
      reads += 1;
      if (isFailing(reads, input.UserName)) throw throttled();
    }
    return call(action, input);
  };
}

describe('a sweep that an error stops', () => {
  it('tries the first page again as a message that failed', async () => {
    const pipeline = account(200, 100);
    const hub = sweepHub(pipeline);
    let isAway = true;
    failing(pipeline, () => isAway);
    const first = handleSweepMessage(hubOf(hub), REQUEST, () => 900_000);
    await expect(first).rejects.toThrow('Rate exceeded');
    expect(takeSweeps(hub)).toEqual([]);
    isAway = false;
    await handleSweepMessage(hubOf(hub), REQUEST, () => 900_000);
    expect(finishedOf(pipeline)).toMatchObject([{ totals: { users: 200 }, differences: 40 }]);
  });

  it('continues a minute later with the page that failed, and counts no user twice', async () => {
    const pipeline = account(200, 100);
    const hub = sweepHub(pipeline);
    let isAway = true;
    failing(pipeline, (reads) => isAway && reads > 20);
    await handleSweepMessage(hubOf(hub), REQUEST, () => 900_000);
    isAway = false;
    expect(hub.sqs.sent.filter(({ queueUrl }) => queueUrl === SWEEPS_URL)).toMatchObject([
      { delaySeconds: 60 },
    ]);
    expect(pipeline.logged).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'sweep continues after an error' }),
    );
    const [next = ''] = takeSweeps(hub);
    await handleSweepMessage(hubOf(hub), next, () => 900_000);
    const differing = Array.from({ length: 200 }, (_, index) => index)
      .filter((index) => index % 10 === 0 || index % 10 === 2)
      .map(named);
    expect(reviewed(hub)).toEqual(expect.arrayContaining(differing));
    expect(finishedOf(pipeline)).toMatchObject([{ totals: { users: 200 }, differences: 40 }]);
  });

  it('sends the users whom it has read, although it cannot read the others', async () => {
    const pipeline = account(100);
    const hub = sweepHub(pipeline);
    failing(pipeline, (reads) => reads > 4);
    const run = handleSweepMessage(hubOf(hub), REQUEST, () => 900_000);
    await expect(run).rejects.toThrow('Rate exceeded');
    expect(reviewed(hub)).toEqual(expect.arrayContaining([named(0), named(2), named(12)]));
    expect(finishedOf(pipeline)).toEqual([]);
  });

  it('which does not pass fails by itself, and is seen', async () => {
    const pipeline = account(300, 100);
    const hub = sweepHub(pipeline);
    failing(pipeline, (reads) => reads > 25);
    await handleSweepMessage(hubOf(hub), REQUEST, () => 900_000);
    const [next = ''] = takeSweeps(hub);
    await expect(handleSweepMessage(hubOf(hub), next, () => 900_000)).rejects.toThrow(
      'Rate exceeded',
    );
    expect(takeSweeps(hub)).toEqual([]);
    expect(finishedOf(pipeline)).toEqual([]);
  });
});

describe('a few users whom a sweep cannot read', () => {
  const unreadable = [named(21), named(30), named(130)];

  it('do not stop it: they are sent to review, and named as a part that failed', async () => {
    const pipeline = account(200, 100);
    const hub = sweepHub(pipeline);
    failing(pipeline, (_, user) => unreadable.includes(String(user)));
    await handleSweepMessage(hubOf(hub), REQUEST, () => 900_000);
    expect(reviewed(hub)).toEqual(expect.arrayContaining(unreadable));
    expect(new Set(reviewed(hub)).size).toBe(41);
    expect(finishedOf(pipeline)).toMatchObject([
      {
        totals: { users: 197 },
        failedParts: [
          {
            part: 'users',
            why:
              `${named(21)}, ${named(30)}: Throttling: Rate exceeded; ` +
              `${named(130)}: Throttling: Rate exceeded`,
          },
        ],
      },
    ]);
    // The policies were checked.
    expect(takeSweeps(hub)).toEqual([]);
  });

  it('are only named in observe mode', async () => {
    const pipeline = testPipeline({ mode: 'observe' });
    pipeline.iam.put('dana');
    pipeline.iam.credentialReport.age = 60_000;
    pipeline.iam.failNext('ListMFADevices', throttled, 99);
    const swept = await sweep(pipeline, 'sweep-1');
    expect(swept).toMatchObject({ kind: 'finished', finished: { totals: { users: 0 } } });
    expect(swept).toHaveProperty('finished.failedParts.0.part', 'users');
    expect(pipeline.sqs.sent).toEqual([]);
  });
});
