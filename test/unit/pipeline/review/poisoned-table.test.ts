import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stateKeys } from '../../../../events/state-keys.ts';
import { noTotals } from '../../../../functions/domain/rules/totals.ts';
import { namesInStateTable } from '../../../../functions/pipeline/accounts/account-names.ts';
import {
  readAccountName,
  readLastSweep,
  readLastSweepFor,
  readUnswept,
} from '../../../../functions/pipeline/sweep/stored-sweep.ts';
import { lastSweep } from '../../../fakes/last-sweep.ts';
import { blocked, unblocked } from '../../../fakes/outcomes.ts';
import {
  ACCOUNT,
  handle,
  iamEvent,
  POLICY,
  START,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const ACTIONS = `actions/${ACCOUNT}/dana`;
const PHONE = `arn:aws:iam::${ACCOUNT}:mfa/phone`;
const IN_TEN_YEARS = '2036-01-01T00:00:00.000Z';
const AGO = new Date(START - 600_000).toISOString();
const UNREADABLE = 'an entry of the state table is invalid and counts as absent';

function put({ dynamo }: TestPipeline, id: string, body: string): void {
  dynamo.items.set(id, { id: { S: id }, body: { S: body } });
}

const unreadable = ({ logged }: TestPipeline) =>
  logged.filter(({ message }) => message === UNREADABLE);

/** Handles one message, and for ten minutes whatever came back. */
async function settled(pipeline: TestPipeline, body: string): Promise<string[]> {
  const answers = await handle(pipeline, body);
  for (let round = 0; round < 20; round += 1) {
    pipeline.clock.time += 30_000;
    for (const sent of pipeline.sqs.sent.splice(0)) {
      answers.push(...(await handle(pipeline, sent.body)));
    }
  }
  return answers;
}

const created = iamEvent('CreateUser', { ago: 300 });
const enrolled = iamEvent('EnableMFADevice', { ago: 300, parameters: { serialNumber: PHONE } });
const action = { id: 'd', action: 'block', methods: ['managed-policy'], at: AGO, certain: true };
const none = { pending: null, unpublished: [], published: [] };

describe('an entry of the log of actions', () => {
  it.each([
    ['no JSON', 'x'],
    ['null', 'null'],
    ['{}', '{}'],
    ['pending in ten years', { pending: { outcome: blocked(), at: IN_TEN_YEARS, failed: false } }],
    [
      'of an outcome in ten years',
      { pending: { outcome: blocked({ at: IN_TEN_YEARS }), at: AGO, failed: false } },
    ],
    ['left unpublished in ten years', { unpublished: [unblocked({ at: IN_TEN_YEARS })] }],
    ['published in ten years', { published: [{ ...action, at: IN_TEN_YEARS }] }],
    ['refused in ten years', { refused: IN_TEN_YEARS }],
    ['with a time that is none', { published: [{ ...action, at: 'x' }] }],
    ['with another kind of outcome', { unpublished: [{ ...blocked(), kind: 'sweep-finished' }] }],
    ['with claims below none', { claims: -1 }],
  ])('that cannot be is overwritten and named in the log: %s', async (_, value) => {
    const body = typeof value === 'string' ? value : JSON.stringify({ ...none, ...value });
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    put(pipeline, ACTIONS, body);
    expect(await handle(pipeline, created)).toEqual(['fulfilled']);
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    expect(pipeline.events.outcomes.map(({ kind }) => kind)).toEqual(['user-blocked']);
    expect(unreadable(pipeline)).toEqual([
      { level: 'error', message: UNREADABLE, values: { id: ACTIONS } },
    ]);
    pipeline.clock.time += 300_000;
    await handle(pipeline, created);
    expect(unreadable(pipeline)).toHaveLength(1);
  });

  it.each([
    ['that is fine', { ...none, published: [action], claims: 0, refused: AGO }],
    [
      'of a clock that is half a minute ahead',
      { ...none, published: [{ ...action, at: new Date(START + 30_000).toISOString() }] },
    ],
  ])('%s is read, and no error', async (_, value) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { policies: [POLICY] });
    put(pipeline, ACTIONS, JSON.stringify(value));
    expect(await handle(pipeline, created)).toEqual(['fulfilled']);
    expect(unreadable(pipeline)).toEqual([]);
  });

  it('that has no text is overwritten', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.dynamo.items.set(ACTIONS, { id: { S: ACTIONS } });
    expect(await handle(pipeline, created)).toEqual(['fulfilled']);
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
  });

  // Most entries are valid, or wrong in one place: an entry that is wrong everywhere only shows that it is refused.
  const mostly = <T>(valid: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 6, arbitrary: valid }, { weight: 1, arbitrary: fc.jsonValue() });
  const time = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(AGO, new Date(START).toISOString()) },
    { weight: 1, arbitrary: fc.constantFrom(IN_TEN_YEARS, 'x') },
    {
      weight: 1,
      arbitrary: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    },
  );
  const outcome = mostly(
    fc.oneof(
      time.map((at) => blocked({ at })),
      time.map((at) => unblocked({ at })),
    ),
  );
  const published = fc
    .tuple(time, fc.constantFrom('block', 'unblock'), fc.boolean())
    .map(([at, done, certain]) => ({ ...action, action: done, certain, at }));
  const entry = fc.oneof(
    { weight: 1, arbitrary: fc.oneof(fc.string(), fc.json()) },
    {
      weight: 6,
      arbitrary: fc
        .record(
          {
            pending: mostly(fc.option(fc.record({ outcome, at: time, failed: fc.boolean() }))),
            unpublished: mostly(fc.array(outcome, { maxLength: 3 })),
            published: mostly(fc.array(published, { maxLength: 3 })),
            refused: time,
            claims: mostly(fc.nat()),
          },
          { requiredKeys: ['pending', 'unpublished', 'published'] },
        )
        .map((value) => JSON.stringify(value)),
    },
  );

  it.each([
    ['blocked', created, {}, true],
    ['unblocked', enrolled, { devices: [PHONE], policies: [POLICY] }, false],
  ] as const)(
    'keeps no user from being %s, with any content',
    async (_, body, dana, isBlocked) => {
      await fc.assert(
        fc.asyncProperty(entry, async (text) => {
          const pipeline = testPipeline();
          pipeline.iam.put('dana', dana);
          put(pipeline, ACTIONS, text);
          const answers = await settled(pipeline, body);
          expect(new Set(answers)).toEqual(new Set(['fulfilled']));
          expect(pipeline.iam.isBlocked('dana')).toBe(isBlocked);
        }),
        { numRuns: 150 },
      );
    },
    60_000,
  );
});

const NOW = new Date(START);
const sweep = lastSweep({ startedAt: AGO, finishedAt: AGO });
const unswept = {
  schema: 'mfa-enforcer/unswept/1',
  account: ACCOUNT,
  sweepId: 's',
  startedAt: AGO,
  at: AGO,
  why: { code: 'other', text: 'x' },
};

describe('the record of a sweep', () => {
  const log = () => {
    const { log: one, logged } = testPipeline();
    return { one, logged };
  };

  it.each([
    ['as written', {}, true],
    ['without the start of the sweep', { startedAt: undefined }, false],
    ['begun in ten years', { startedAt: IN_TEN_YEARS }, false],
    ['finished in ten years', { finishedAt: IN_TEN_YEARS }, false],
    ['begun at no time', { startedAt: 'z' }, false],
    ['of another account', { account: '444455556666' }, false],
    ['with fewer than no users', { totals: { ...noTotals, blocked: -1 } }, false],
    ['with fewer than no differences', { differences: -1 }, false],
  ])('is read or not: %s', (_, change, isRead) => {
    const { one, logged } = log();
    const text = JSON.stringify({ ...sweep, ...change });
    expect(readLastSweep(ACCOUNT, text, NOW, one) !== null).toBe(isRead);
    expect(readLastSweepFor(ACCOUNT, text, NOW) !== null).toBe(isRead);
    const values = { id: stateKeys.lastSweep(ACCOUNT) };
    expect(logged).toEqual(isRead ? [] : [{ level: 'error', message: UNREADABLE, values }]);
  });

  it.each([
    ['as written', {}, true],
    ['without the start of the sweep', { startedAt: undefined }, false],
    ['begun in ten years', { startedAt: IN_TEN_YEARS }, false],
    ['written in ten years', { at: IN_TEN_YEARS }, false],
    ['of another account', { account: '444455556666' }, false],
  ])('that failed is read or not: %s', (_, change, isRead) => {
    const { one, logged } = log();
    const text = JSON.stringify({ ...unswept, ...change });
    expect(readUnswept(ACCOUNT, text, NOW, one) !== null).toBe(isRead);
    const values = { id: stateKeys.unswept(ACCOUNT) };
    expect(logged).toEqual(isRead ? [] : [{ level: 'error', message: UNREADABLE, values }]);
  });

  it('is read on a machine whose clock is some minutes late', () => {
    const ahead = (minutes: number) =>
      JSON.stringify({ ...sweep, finishedAt: new Date(START + minutes * 60_000).toISOString() });
    expect(readLastSweep(ACCOUNT, ahead(10), NOW)).toBeNull();
    expect(readLastSweepFor(ACCOUNT, ahead(10), NOW)).not.toBeNull();
    expect(readLastSweepFor(ACCOUNT, ahead(62), NOW)).toBeNull();
  });

  it('and of an account’s name never throws, with any content', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const { one } = log();
        readLastSweep(ACCOUNT, text, NOW, one);
        readUnswept(ACCOUNT, text, NOW, one);
        readAccountName(ACCOUNT, text, one);
      }),
    );
  });

  it('that is not there is no error', () => {
    const { one, logged } = log();
    expect(readLastSweep(ACCOUNT, undefined, NOW, one)).toBeNull();
    expect(readUnswept(ACCOUNT, null, NOW, one)).toBeNull();
    expect(readAccountName(ACCOUNT, undefined, one)).toBeNull();
    expect(logged).toEqual([]);
  });
});

describe('an account’s name', () => {
  it.each([
    ['Payments', true],
    ['Zürich & Söhne', true],
    ['x'.repeat(128), true],
    ['', false],
    ['x'.repeat(129), false],
    ['two\nlines', false],
    ['\u001b[31mred', false],
  ])('is read or not: %j', async (name, isRead) => {
    const pipeline = testPipeline();
    put(pipeline, stateKeys.accountName(ACCOUNT), name);
    const nameOf = namesInStateTable(pipeline.dynamo, 'memory', pipeline.log);
    expect(await nameOf(ACCOUNT)).toBe(isRead ? name : null);
    expect(unreadable(pipeline)).toHaveLength(isRead ? 0 : 1);
  });
});
