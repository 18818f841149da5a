import { describe, expect, it } from 'vitest';
import type { DeedOutcome, Deeds } from '../../../functions/domain/review/action-log.ts';
import { DeedBook } from '../../../functions/pipeline/review/action-log.ts';
import { type Memory, ownMemory } from '../../../functions/pipeline/state-store.ts';
import { blocked, unblocked } from '../../fakes/outcomes.ts';
import { ACCOUNT, START } from '../../fakes/settings.ts';

const ID = `deeds/${ACCOUNT}/dana`;
const NOW = new Date(START);
const AT = NOW.toISOString();
const DAY_MS = 24 * 60 * 60 * 1000;
const nothing: Deeds = { begun: null, untold: [], told: [] };
const one = blocked({ id: 'one' });
const two = unblocked({ id: 'two' });

/** A book, and what is written into it. */
async function bookWith(deeds: Deeds = nothing) {
  const inner = ownMemory();
  await inner.replace(ID, null, JSON.stringify(deeds), NOW);
  const ends: Date[] = [];
  let fails = false;
  const memory: Memory = {
    recall: inner.recall,
    replace: async (id, before, after, expires) => {
      if (fails) throw new Error('the table is away');
      ends.push(expires);
      return inner.replace(id, before, after, expires);
    },
  };
  const book = await DeedBook.open(memory, ACCOUNT, 'dana', () => NOW);
  return {
    book,
    ends,
    written: async () => JSON.parse((await inner.recall(ID)) ?? '') as Deeds,
    fail: () => {
      fails = true;
    },
    interfere: async () => {
      await inner.replace(ID, await inner.recall(ID), '{"begun":null}', NOW);
    },
  };
}

it('knows nothing of a user of whom nothing is remembered', async () => {
  const { deeds } = await DeedBook.open(ownMemory(), ACCOUNT, 'dana', () => NOW);
  expect(deeds).toEqual(nothing);
});

describe('a deed that is begun', () => {
  it('is written down for thirty days, with what others left untold', async () => {
    const { book, written, ends } = await bookWith();
    expect(await book.begin(one, [two])).toEqual(one);
    const deeds = { begun: { outcome: one, at: AT, failed: false }, untold: [two], told: [] };
    expect(await written()).toEqual(deeds);
    expect(book.deeds).toEqual(deeds);
    expect(ends).toEqual([new Date(START + 30 * DAY_MS)]);
  });

  it('is not, where somebody else was faster', async () => {
    const { book, interfere } = await bookWith();
    await interfere();
    expect(await book.begin(one, [])).toBeNull();
    expect(book.deeds).toEqual(nothing);
  });
});

describe('what others left untold', () => {
  it.each<[string, DeedOutcome[], Deeds | null]>([
    ['nothing', [], null],
    ['one', [one], { begun: { outcome: one, at: AT, failed: false }, untold: [], told: [] }],
    [
      'two',
      [one, two],
      { begun: { outcome: two, at: AT, failed: false }, untold: [one], told: [] },
    ],
  ])('is taken over: %s', async (_, untold, expected) => {
    const { book, written, ends } = await bookWith();
    expect(await book.takeOver(untold)).toBe(true);
    expect(await written()).toEqual(expected ?? nothing);
    expect(ends).toHaveLength(expected ? 1 : 0);
  });

  it('is somebody else’s where they were faster', async () => {
    const { book, interfere } = await bookWith();
    await interfere();
    expect(await book.takeOver([one])).toBe(false);
  });
});

describe('a deed that was begun', () => {
  const begun = { ...nothing, begun: { outcome: one, at: AT, failed: false }, untold: [two] };

  it('and answered with an error is known to have failed', async () => {
    const { book, written } = await bookWith(begun);
    await book.failed();
    expect(await written()).toEqual({ ...begun, begun: { ...begun.begun, failed: true } });
  });

  it('and answered with an error is left as it is where that cannot be written', async () => {
    const { book, written, fail } = await bookWith(begun);
    fail();
    await expect(book.failed()).resolves.toBeUndefined();
    expect(await written()).toEqual(begun);
  });

  it('and was not done is forgotten, but not what others left untold', async () => {
    const { book, written } = await bookWith(begun);
    await book.abandoned();
    expect(await written()).toEqual({ ...nothing, untold: [two] });
  });

  it.each([
    ['IAM answered with an error is remembered again: it may have been done', true, false, true],
    ['IAM answered with an error, and is told, is not', true, true, false],
    ['nobody answered is not, where it is told', false, true, false],
    ['nobody answered is, where it is not told', false, false, true],
  ])('in place of one that %s', async (_, failed, isTold, stays) => {
    const before = { outcome: two, at: AT, failed };
    const { book, written } = await bookWith({ ...nothing, begun: before });
    const untold = isTold && book.deeds.begun ? [book.deeds.begun.outcome] : [];
    await book.begin(one, untold);
    await book.abandoned();
    expect(await written()).toEqual({ ...nothing, begun: stays ? before : null, untold });
  });

  it('by nobody cannot have failed', async () => {
    const { book, ends } = await bookWith();
    await book.failed();
    expect(ends).toEqual([]);
  });
});

describe('what was told', () => {
  const done = { id: 'one', action: 'block', methods: ['managed-policy'], at: AT, sure: true };

  it('is remembered, with when it was done', async () => {
    const { book, written } = await bookWith({
      ...nothing,
      begun: { outcome: one, at: AT, failed: false },
    });
    await book.settle([], one, NOW);
    expect(await written()).toEqual({ ...nothing, told: [done] });
  });

  it('is remembered though nothing was written down before', async () => {
    const { book, written } = await bookWith();
    await book.settle([], one, NOW);
    expect(await written()).toEqual({ ...nothing, told: [done] });
  });

  it.each<[string, Deeds]>([
    ['begun', { ...nothing, begun: { outcome: one, at: AT, failed: false } }],
    ['untold', { ...nothing, untold: [one] }],
  ])('of others is no longer %s', async (_, deeds) => {
    const { book, written } = await bookWith(deeds);
    await book.settle([one], null, NOW);
    expect(await written()).toMatchObject({ begun: null, untold: [], told: [{ id: 'one' }] });
  });

  it('is nothing where there was nothing to tell', async () => {
    const { book, ends } = await bookWith();
    await book.settle([], null, NOW);
    expect(ends).toEqual([]);
  });
});
