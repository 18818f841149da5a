import { describe, expect, it } from 'vitest';
import { PathRecord, PROBE_TAG, Probe, Proof } from '../../../../events/event-path.ts';
import { LastSweep } from '../../../../events/last-sweep.ts';
import { stateKeys } from '../../../../events/state-keys.ts';
import { AccountUnreachable } from '../../../../functions/pipeline/accounts/spoke-session.ts';
import { handleSweepMessage } from '../../../../functions/pipeline/sweep/sweep-account.ts';
import { accessDenied, serviceFailure } from '../../../fakes/memory-iam.ts';
import { deliverSweeps, SWEEPS_URL, sweepHub, sweepNightly } from '../../../fakes/nightly.ts';
import {
  ACCOUNT,
  handle,
  iamEvent,
  POLICY,
  START,
  SWEEP_ROLE,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const MINUTE = 60_000;
const at = (ms: number) => new Date(START + ms).toISOString();

async function probing(
  change: Parameters<typeof testPipeline>[0] = {},
  probe: 'nightly' | 'off' = 'nightly',
) {
  const pipeline = testPipeline(change);
  Object.assign(await pipeline.accounts.of(ACCOUNT), { probe });
  pipeline.iam.put('dana', { devices: [`arn:aws:iam::${ACCOUNT}:mfa/dana`] });
  return pipeline;
}

const entry = ({ dynamo }: TestPipeline, id: string) => {
  const text = dynamo.items.get(id)?.body?.S;
  return text === undefined ? null : (JSON.parse(text) as unknown);
};
const probeOf = (pipeline: TestPipeline) => Probe.parse(entry(pipeline, stateKeys.probe(ACCOUNT)));
const proofOf = (pipeline: TestPipeline) => {
  const stored = entry(pipeline, stateKeys.proof(ACCOUNT));
  return stored === null ? null : Proof.parse(stored);
};
const pathOf = (pipeline: TestPipeline) => {
  const stored = entry(pipeline, stateKeys.path(ACCOUNT));
  return stored === null ? null : PathRecord.parse(stored);
};
const tagged = ({ iam }: TestPipeline) => iam.policyTags[POLICY]?.[PROBE_TAG];

/** The event of a tag, as CloudTrail records the call of nightly-sweep. */
function tagEvent(value: string, roleArn = SWEEP_ROLE): string {
  const role = roleArn.split('/').at(-1);
  return iamEvent('TagPolicy', {
    parameters: { policyArn: POLICY, tags: [{ key: PROBE_TAG, value }] },
    identity: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/nightly-sweep`,
      sessionContext: { sessionIssuer: { arn: roleArn, userName: role } },
    },
  });
}

/** Delivers the checks until there are no more. @returns the delays */
async function checkUntilDone(pipeline: TestPipeline): Promise<number[]> {
  const delays: number[] = [];
  for (;;) {
    const waiting = pipeline.sqs.sent.filter(({ queueUrl }) => queueUrl === SWEEPS_URL);
    const [next] = waiting;
    if (next === undefined) return delays;
    delays.push(next.delaySeconds);
    pipeline.clock.time += next.delaySeconds * 1000;
    expect(await deliverSweeps(sweepHub(pipeline))).toBe(0);
  }
}

describe.each(['enforce', 'observe'] as const)('a sweep in mode %s', (mode) => {
  it('tags the ForceMFA policy once, with a value that the state table knows', async () => {
    const pipeline = await probing({ mode });
    await sweepNightly(sweepHub(pipeline));
    expect(pipeline.iam.writes).toEqual(['TagPolicy']);
    expect(tagged(pipeline)).toBe(`sweep-1/${at(0)}`);
    expect(probeOf(pipeline)).toEqual({
      schema: 'mfa-enforcer/probe/1',
      account: ACCOUNT,
      sweepId: 'sweep-1',
      value: `sweep-1/${at(0)}`,
      sentAt: at(0),
      dueAt: at(30 * MINUTE),
      state: 'sent',
      why: null,
    });
  });
});

describe('a probe', () => {
  it('is known to the state table before IAM', async () => {
    const pipeline = await probing();
    let known: unknown = null;
    const send = pipeline.iam.send.bind(pipeline.iam);
    pipeline.iam.send = (command, options) => {
      if (command.constructor.name === 'TagPolicyCommand') known = probeOf(pipeline);
      return send(command, options);
    };
    await sweepNightly(sweepHub(pipeline));
    expect(known).toMatchObject({ state: 'pending', value: `sweep-1/${at(0)}` });
  });

  it('is made once, though the message of the sweep arrives twice', async () => {
    const pipeline = await probing();
    const hub = sweepHub(pipeline);
    await sweepNightly(hub);
    pipeline.clock.time += 16 * MINUTE;
    await sweepNightly(hub);
    expect(pipeline.iam.count('TagPolicy')).toBe(1);
  });

  it('is made again by the next sweep', async () => {
    const pipeline = await probing();
    await sweepNightly(sweepHub(pipeline));
    await sweepNightly(sweepHub(pipeline), { id: 'sweep-2' });
    expect(pipeline.iam.count('TagPolicy')).toBe(2);
    expect(tagged(pipeline)).toBe(`sweep-2/${at(0)}`);
  });

  it.each([
    [59_999, 0],
    [60_000, 1],
  ])('is made again where an instance died before its call: after %i ms %i', async (ms, calls) => {
    const pipeline = await probing();
    const pending = {
      schema: 'mfa-enforcer/probe/1',
      account: ACCOUNT,
      sweepId: 'sweep-1',
      value: 'v',
      sentAt: at(0),
      dueAt: at(30 * MINUTE),
      state: 'pending',
      why: null,
    };
    pipeline.dynamo.items.set(stateKeys.probe(ACCOUNT), {
      id: { S: stateKeys.probe(ACCOUNT) },
      body: { S: JSON.stringify(pending) },
    });
    pipeline.clock.time += ms;
    await sweepNightly(sweepHub(pipeline));
    expect(pipeline.iam.count('TagPolicy')).toBe(calls);
  });

  it.each([
    ['IAM denies it', accessDenied, 'denied'],
    [
      'the role does not exist in the spoke',
      () => new AccountUnreachable(ACCOUNT, 'role-not-assumable', 'no such role'),
      'role-not-assumable',
    ],
  ])(
    'that is refused is recorded with its reason, and the sweep goes on: %s',
    async (_, error, code) => {
      const pipeline = await probing();
      pipeline.iam.failNext('TagPolicy', error);
      expect(await sweepNightly(sweepHub(pipeline))).toBe(0);
      expect(probeOf(pipeline)).toMatchObject({ state: 'refused', why: { code } });
      expect(pipeline.events.outcomes.map(({ kind }) => kind)).toContain('sweep-finished');
    },
  );

  it.each([
    ['IAM fails', serviceFailure, 'other'],
    [
      'an answer was lost before a denial',
      () => Object.assign(accessDenied(), { lostAnswer: true }),
      'denied',
    ],
  ])('that IAM may have written stays pending, and is made once: %s', async (_, error, code) => {
    const pipeline = await probing();
    pipeline.iam.failNext('TagPolicy', error, 1, true);
    const hub = sweepHub(pipeline);
    expect(await sweepNightly(hub)).toBe(0);
    expect(probeOf(pipeline)).toMatchObject({ state: 'pending', why: { code } });
    pipeline.clock.time += 16 * MINUTE;
    await sweepNightly(hub);
    expect(pipeline.iam.count('TagPolicy')).toBe(1);
    await checkUntilDone(pipeline);
    expect(pathOf(pipeline)).toMatchObject({ state: 'not-probed', reportedAt: at(30 * MINUTE) });
    await handle(pipeline, tagEvent(probeOf(pipeline).value));
    expect(proofOf(pipeline)).not.toBeNull();
  });

  it.each([
    ['for a sweep', {}, 'sent', 2],
    ['for a sweep, where the later one did not make its call', {}, 'pending', 2],
    ['for a person', { only: 'probe' }, 'sent', 3],
  ])(
    'is made after that of a later sweep only where a person asked for it: %s',
    async (_, only, state, calls) => {
      const pipeline = await probing();
      await sweepNightly(sweepHub(pipeline));
      pipeline.clock.time += MINUTE;
      await sweepNightly(sweepHub(pipeline), { id: 'sweep-2' });
      const key = stateKeys.probe(ACCOUNT);
      const later = { ...probeOf(pipeline), state };
      pipeline.dynamo.items.set(key, { id: { S: key }, body: { S: JSON.stringify(later) } });
      pipeline.clock.time += 16 * MINUTE;
      const schema = 'mfa-enforcer/sweep-request/1';
      const request = { schema, account: ACCOUNT, sweepId: 'sweep-1', startedAt: at(0), ...only };
      pipeline.sqs.sent.splice(0);
      const body = JSON.stringify(request);
      pipeline.sqs.sent.push({ queueUrl: SWEEPS_URL, body, delaySeconds: 0 });
      expect(await deliverSweeps(sweepHub(pipeline))).toBe(0);
      expect(pipeline.iam.count('TagPolicy')).toBe(calls);
    },
  );

  it('of a policy that does not exist is refused', async () => {
    const pipeline = await probing();
    delete pipeline.iam.managed[POLICY];
    await sweepNightly(sweepHub(pipeline));
    const why = { code: 'policy-missing', text: `${POLICY} does not exist` };
    expect(probeOf(pipeline)).toMatchObject({ state: 'refused', why });
  });

  it('is not made where the state table cannot know it, and the sweep goes on', async () => {
    const pipeline = await probing();
    pipeline.dynamo.fail.PutItem = 1;
    expect(await sweepNightly(sweepHub(pipeline))).toBe(0);
    expect(pipeline.iam.writes).toEqual([]);
    expect(pipeline.events.outcomes).toHaveLength(1);
  });

  it('is not made where the parameter Probe is off', async () => {
    const pipeline = await probing({}, 'off');
    await sweepNightly(sweepHub(pipeline));
    expect(pipeline.iam.writes).toEqual([]);
    expect(probeOf(pipeline)).toMatchObject({ state: 'off', why: { code: 'off' } });
    expect(pipeline.sqs.sent).toEqual([]);
  });
});

describe('the record of a sweep, and its summary', () => {
  const pathsOf = (pipeline: TestPipeline) => {
    const record = LastSweep.parse(entry(pipeline, stateKeys.lastSweep(ACCOUNT)));
    const finished = pipeline.events.outcomes.findLast(({ kind }) => kind === 'sweep-finished');
    expect(finished && 'eventPath' in finished ? finished.eventPath : undefined).toEqual(
      record.eventPath,
    );
    return record.eventPath;
  };

  it('say that the first probe is not due yet', async () => {
    const pipeline = await probing();
    await sweepNightly(sweepHub(pipeline));
    expect(pathsOf(pipeline)).toMatchObject({ state: 'not-probed', why: { code: 'waiting' } });
  });

  it('have the latency of the last event that came back', async () => {
    const pipeline = await probing();
    await sweepNightly(sweepHub(pipeline));
    pipeline.clock.time += 1500;
    await handle(pipeline, tagEvent(probeOf(pipeline).value));
    await sweepNightly(sweepHub(pipeline), { id: 'sweep-2' });
    expect(pathsOf(pipeline)).toMatchObject({ state: 'proven', since: at(1500), latencyMs: 1500 });
  });

  it('say that the path is unknown where the state table could not be read, and the sweep goes on', async () => {
    const pipeline = await probing();
    pipeline.dynamo.fail.BatchGetItem = 1;
    expect(await sweepNightly(sweepHub(pipeline))).toBe(0);
    const why = { code: 'other', text: expect.stringContaining('BatchGetItem') as unknown };
    expect(pathsOf(pipeline)).toMatchObject({ state: 'unknown', why });
  });

  it('say nothing of it where Probe is off', async () => {
    const pipeline = await probing({}, 'off');
    await sweepNightly(sweepHub(pipeline));
    expect(pathsOf(pipeline)).toBeUndefined();
  });
});

describe('the event of a probe', () => {
  const swept = async () => {
    const pipeline = await probing();
    await sweepNightly(sweepHub(pipeline));
    pipeline.clock.time += 1500;
    return pipeline;
  };

  it('proves the event path, and is measured once', async () => {
    const pipeline = await swept();
    const { value } = probeOf(pipeline);
    expect(await handle(pipeline, tagEvent(value))).toEqual(['fulfilled']);
    pipeline.clock.time += 1500;
    expect(await handle(pipeline, tagEvent(value))).toEqual(['fulfilled']);
    expect(proofOf(pipeline)).toEqual({
      schema: 'mfa-enforcer/proof/1',
      account: ACCOUNT,
      value,
      receivedAt: at(1500),
      latencyMs: 1500,
    });
    const measured = pipeline.metricLines.filter((line) => line.includes('"EventPathLatency":'));
    expect(measured).toHaveLength(1);
    expect(JSON.parse(measured[0] ?? '')).toMatchObject({
      EventPathLatency: 1500,
      account: ACCOUNT,
    });
  });

  it.each([
    ['another role', `arn:aws:iam::${ACCOUNT}:role/SecurityAdmin`, null],
    ['another value', SWEEP_ROLE, 'sweep-1/2020-01-01T00:00:00.000Z'],
  ])('that is forged proves nothing, and is reported to nobody: %s', async (_, role, value) => {
    const pipeline = await swept();
    const before = pipeline.events.outcomes.length;
    const event = tagEvent(value ?? probeOf(pipeline).value, role);
    expect(await handle(pipeline, event)).toEqual(['fulfilled']);
    expect(proofOf(pipeline)).toBeNull();
    expect(pipeline.events.outcomes).toHaveLength(before);
  });

  it('of an old sweep proves nothing', async () => {
    const pipeline = await swept();
    const { value } = probeOf(pipeline);
    await sweepNightly(sweepHub(pipeline), { id: 'sweep-2' });
    await handle(pipeline, tagEvent(value));
    expect(proofOf(pipeline)).toBeNull();
  });

  it('of an old sweep does not replace a proof that is recorded while it is handled', async () => {
    const pipeline = await swept();
    const { value } = probeOf(pipeline);
    const send = pipeline.dynamo.send.bind(pipeline.dynamo);
    pipeline.dynamo.send = async (command) => {
      const answer = await send(command);
      const { input } = command as { input: { Key?: { id?: { S?: string } } } };
      if (input.Key?.id?.S !== stateKeys.probe(ACCOUNT)) return answer;
      pipeline.dynamo.send = send;
      await sweepNightly(sweepHub(pipeline), { id: 'sweep-2' });
      await handle(pipeline, tagEvent(probeOf(pipeline).value));
      return answer;
    };
    const event = tagEvent(value);
    const changed = `the proof of account ${ACCOUNT} changed while it was recorded`;
    expect(await handle(pipeline, event)).toEqual([changed]);
    expect(await handle(pipeline, event)).toEqual(['fulfilled']);
    expect(proofOf(pipeline)?.value).toMatch(/^sweep-2/);
  });

  it('is recorded once by two instances', async () => {
    const pipeline = await swept();
    const event = tagEvent(probeOf(pipeline).value);
    expect(await Promise.all([handle(pipeline, event), handle(pipeline, event)])).toEqual([
      ['fulfilled'],
      ['fulfilled'],
    ]);
    const measured = pipeline.metricLines.filter((line) => line.includes('"EventPathLatency":'));
    expect(measured).toHaveLength(1);
  });

  it('that cannot be recorded comes again', async () => {
    const pipeline = await swept();
    pipeline.dynamo.fail.PutItem = 1;
    const event = tagEvent(probeOf(pipeline).value);
    expect(await handle(pipeline, event)).toEqual(['PutItem is unavailable']);
    expect(await handle(pipeline, event)).toEqual(['fulfilled']);
    expect(proofOf(pipeline)).not.toBeNull();
  });
});

describe('the check of a probe', () => {
  it('finds a proven path after a minute, and records nothing', async () => {
    const pipeline = await probing();
    await sweepNightly(sweepHub(pipeline));
    await handle(pipeline, tagEvent(probeOf(pipeline).value));
    expect(await checkUntilDone(pipeline)).toEqual([60]);
    expect(pathOf(pipeline)).toBeNull();
    expect(pipeline.metricLines.at(-1)).toContain('"AccountsUnproven":0');
  });

  it('waits until the probe is due, and then finds silence', async () => {
    const pipeline = await probing();
    await sweepNightly(sweepHub(pipeline));
    const delays = await checkUntilDone(pipeline);
    expect(delays).toEqual([60, 900, 840]);
    expect(pathOf(pipeline)).toMatchObject({ state: 'unproven', since: at(0), sweeps: 1 });
    expect(pipeline.metricLines.at(-1)).toContain('"AccountsUnproven":1');
  });

  const kinds = ({ events }: TestPipeline) =>
    events.outcomes.map(({ kind }) => kind).filter((kind) => kind.startsWith('event-path'));

  it('reports silence once, its end once, and silence that lasts again after a week', async () => {
    const pipeline = await probing();
    const night = async (id: string, arrives: boolean) => {
      await sweepNightly(sweepHub(pipeline), { id });
      if (arrives) await handle(pipeline, tagEvent(probeOf(pipeline).value));
      const begun = pipeline.clock.time;
      await checkUntilDone(pipeline);
      pipeline.clock.time = begun + 24 * 60 * MINUTE;
      return kinds(pipeline).length;
    };
    const seen: number[] = [];
    for (let day = 1; day <= 9; day += 1) seen.push(await night(`night-${day}`, day === 1));
    expect(seen).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 2]);
    expect(pathOf(pipeline)).toMatchObject({ state: 'unproven', sweeps: 8 });
    expect([await night('night-10', true), await night('night-11', true)]).toEqual([3, 3]);
    expect(kinds(pipeline)).toEqual([
      'event-path-unproven',
      'event-path-unproven',
      'event-path-proven',
    ]);
  });

  describe('whose event comes late', () => {
    /** A silent night whose event arrives in the morning. */
    const late = async () => {
      const pipeline = await probing();
      await sweepNightly(sweepHub(pipeline));
      await checkUntilDone(pipeline);
      expect(kinds(pipeline)).toEqual(['event-path-unproven']);
      pipeline.clock.time = START + 90 * MINUTE;
      return { pipeline, event: tagEvent(probeOf(pipeline).value) };
    };

    it('reports the recovery a minute later, once, though the event arrives twice', async () => {
      const { pipeline, event } = await late();
      await handle(pipeline, event);
      await handle(pipeline, event);
      expect(await checkUntilDone(pipeline)).toEqual([60]);
      const found = pipeline.events.outcomes.at(-1);
      expect(found).toMatchObject({
        id: `event-path-proven/${ACCOUNT}/sweep-1/${at(0)}`,
        paths: [{ account: ACCOUNT, since: at(0), latencyMs: 90 * MINUTE }],
      });
      expect(kinds(pipeline)).toEqual(['event-path-unproven', 'event-path-proven']);
      expect(pathOf(pipeline)).toMatchObject({ state: 'proven', sweeps: 0 });
      await sweepNightly(sweepHub(pipeline), { id: 'sweep-2' });
      await handle(pipeline, tagEvent(probeOf(pipeline).value));
      await checkUntilDone(pipeline);
      expect(kinds(pipeline)).toHaveLength(2);
    });

    it('reports it, too, where the check could not be asked for at first', async () => {
      const { pipeline, event } = await late();
      pipeline.sqs.fail = 1;
      expect(await handle(pipeline, event)).toEqual(['SQS is unavailable']);
      expect(await handle(pipeline, event)).toEqual(['fulfilled']);
      await checkUntilDone(pipeline);
      expect(kinds(pipeline)).toEqual(['event-path-unproven', 'event-path-proven']);
    });

    it('has IDs of its own for each probe: a sweep whose process dies makes a second one', async () => {
      const { pipeline, event } = await late();
      await handle(pipeline, event);
      await checkUntilDone(pipeline);
      const pending = { ...probeOf(pipeline), state: 'pending' };
      pipeline.dynamo.items.set(stateKeys.probe(ACCOUNT), {
        id: { S: stateKeys.probe(ACCOUNT) },
        body: { S: JSON.stringify(pending) },
      });
      await sweepNightly(sweepHub(pipeline));
      await checkUntilDone(pipeline);
      await handle(pipeline, tagEvent(probeOf(pipeline).value));
      await checkUntilDone(pipeline);
      expect(kinds(pipeline)).toEqual([
        'event-path-unproven',
        'event-path-proven',
        'event-path-unproven',
        'event-path-proven',
      ]);
      expect(new Set(ids(pipeline)).size).toBe(4);
    });

    it('reports nothing where no check had found silence', async () => {
      const pipeline = await probing();
      await sweepNightly(sweepHub(pipeline));
      pipeline.clock.time += 30 * MINUTE;
      await handle(pipeline, tagEvent(probeOf(pipeline).value));
      await checkUntilDone(pipeline);
      expect(kinds(pipeline)).toEqual([]);
    });

    it('is checked by the sweep alone where it comes in time', async () => {
      const pipeline = await probing();
      await sweepNightly(sweepHub(pipeline));
      const asked = pipeline.sqs.sent.length;
      pipeline.clock.time += 20 * MINUTE;
      await handle(pipeline, tagEvent(probeOf(pipeline).value));
      expect(pipeline.sqs.sent).toHaveLength(asked);
    });
  });

  it('reports a probe that was refused, with its reason, and no silence', async () => {
    const pipeline = await probing();
    pipeline.iam.failNext('TagPolicy', accessDenied);
    await sweepNightly(sweepHub(pipeline));
    expect(await checkUntilDone(pipeline)).toEqual([60]);
    const found = pipeline.events.outcomes.find(({ kind }) => kind === 'event-path-unproven');
    expect(found).toMatchObject({
      total: 1,
      paths: [{ account: ACCOUNT, state: 'not-probed', reasons: [{ code: 'denied' }] }],
    });
    expect(pipeline.metricLines.join()).not.toContain('AccountsUnproven');
  });

  const ids = ({ events }: TestPipeline) =>
    events.outcomes.map(({ id }) => id).filter((id) => id.startsWith('event-path'));

  /** A check whose write to the state table fails: before its report, or after it. @returns the check */
  async function checkFailsAt(pipeline: TestPipeline, write: 'before' | 'after') {
    await sweepNightly(sweepHub(pipeline));
    pipeline.clock.time += 31 * MINUTE;
    const check = pipeline.sqs.sent.find(({ queueUrl }) => queueUrl === SWEEPS_URL);
    const send = pipeline.dynamo.send.bind(pipeline.dynamo);
    pipeline.dynamo.send = async (command) => {
      const isNow = write === 'before' || ids(pipeline).length > 0;
      if (command.constructor.name !== 'PutItemCommand' || !isNow) return send(command);
      pipeline.dynamo.send = send;
      throw new Error('PutItem is unavailable');
    };
    expect(await deliverSweeps(sweepHub(pipeline))).toBe(1);
    return async () => {
      pipeline.sqs.sent.push(...(check ? [check] : []));
      expect(await deliverSweeps(sweepHub(pipeline))).toBe(0);
    };
  }

  it.each([
    ['before', 1],
    ['after', 2],
  ] as const)(
    'is repeated where a record cannot be written %s the report, and reports with the same id',
    async (write, reports) => {
      const pipeline = await probing();
      const again = await checkFailsAt(pipeline, write);
      await again();
      expect(ids(pipeline)).toEqual(
        Array(reports).fill(`event-path-unproven/${ACCOUNT}/sweep-1/${at(0)}`),
      );
      expect(pathOf(pipeline)?.reportedAt).toBe(at(31 * MINUTE));
    },
  );

  it('reports the end of a problem whose report could not be recorded', async () => {
    const pipeline = await probing();
    const again = await checkFailsAt(pipeline, 'after');
    await handle(pipeline, tagEvent(probeOf(pipeline).value));
    await again();
    expect(kinds(pipeline)).toEqual(['event-path-unproven', 'event-path-proven']);
  });

  it('reports with one id where the checks of two sweeps run at the same time', async () => {
    const pipeline = await probing();
    await sweepNightly(sweepHub(pipeline));
    pipeline.clock.time += MINUTE;
    await sweepNightly(sweepHub(pipeline), { id: 'sweep-2' });
    pipeline.clock.time += 31 * MINUTE;
    const hub = sweepHub(pipeline);
    const check = (sweepId: string) =>
      handleSweepMessage(
        { own: hub, of: async () => hub },
        JSON.stringify({
          schema: 'mfa-enforcer/path-check/1',
          account: ACCOUNT,
          sweepId,
          startedAt: at(0),
        }),
        () => MINUTE,
      );
    await Promise.all([check('sweep-1'), check('sweep-2')]);
    expect(ids(pipeline)).toEqual(
      Array(2).fill(`event-path-unproven/${ACCOUNT}/sweep-2/${at(MINUTE)}`),
    );
  });

  it('finds nothing, and fails, where the state table cannot be read', async () => {
    const pipeline = await probing();
    await sweepNightly(sweepHub(pipeline));
    pipeline.clock.time += 31 * MINUTE;
    pipeline.dynamo.fail.BatchGetItem = 1;
    expect(await deliverSweeps(sweepHub(pipeline))).toBe(1);
    expect(kinds(pipeline)).toEqual([]);
  });

  it('is also made of a probe that a person asked for, which sweeps nothing', async () => {
    const pipeline = await probing();
    const schema = 'mfa-enforcer/sweep-request/1';
    const request = { schema, account: ACCOUNT, sweepId: 'asked', startedAt: at(0), only: 'probe' };
    const body = JSON.stringify(request);
    pipeline.sqs.sent.push({ queueUrl: SWEEPS_URL, body, delaySeconds: 0 });
    expect(await deliverSweeps(sweepHub(pipeline))).toBe(0);
    expect(pipeline.iam.calls.map(({ action }) => action)).toEqual(['TagPolicy']);
    expect(await checkUntilDone(pipeline)).toEqual([60, 900, 840]);
    expect(kinds(pipeline)).toEqual(['event-path-unproven']);
  });

  it('is recorded as refused, and not tried again, where a person asked for an account without a spoke', async () => {
    const pipeline = await probing();
    const hub = sweepHub(pipeline);
    const of = async () => {
      throw new AccountUnreachable(ACCOUNT, 'role-not-assumable', 'no such role');
    };
    const schema = 'mfa-enforcer/sweep-request/1';
    const request = { schema, account: ACCOUNT, sweepId: 'asked', startedAt: at(0), only: 'probe' };
    await handleSweepMessage(
      { own: { ...hub, probe: 'nightly' }, of },
      JSON.stringify(request),
      () => 60_000,
    );
    const why = { code: 'role-not-assumable', text: 'no such role' };
    expect(probeOf(pipeline)).toMatchObject({ sweepId: 'asked', state: 'refused', why });
    expect(kinds(pipeline)).toEqual([]);
  });

  it('finds a probe that came back while it waited', async () => {
    const pipeline = await probing();
    await sweepNightly(sweepHub(pipeline));
    pipeline.clock.time += 20 * MINUTE;
    await handle(pipeline, tagEvent(probeOf(pipeline).value));
    await checkUntilDone(pipeline);
    expect(pathOf(pipeline)).toBeNull();
  });
});
