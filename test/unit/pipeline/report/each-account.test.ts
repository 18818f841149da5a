import { ListUsersCommand } from '@aws-sdk/client-iam';
import { expect, it } from 'vitest';
import {
  type Candidate,
  eachAccount,
  type HowToRead,
  TooSlow,
} from '../../../../functions/pipeline/report/each-account.ts';
import { iamClientOver } from '../../../fakes/iam-client.ts';
import { IamEndpoint } from '../../../fakes/iam-endpoint.ts';
import { settingsWith } from '../../../fakes/settings.ts';

const [FIRST, SECOND, THIRD] = ['111122223333', '222233334444', '333344445555'] as const;
const LIMIT_MS = 1000;

const placeOf = (account: string) => ({
  account,
  name: `name of ${account}`,
  ou: ['Workloads'],
  lastSweptAt: null,
});

const candidate = (account: string, active = true): Candidate => ({
  place: placeOf(account),
  active,
});

const readingOf = (account: string) => ({
  status: 'read',
  place: placeOf(account),
  mode: 'observe',
  value: `users of ${account}`,
});

/** Reads by one ListUsers. The clock stands unless a test moves it. */
function reader(change: Partial<HowToRead<string>> = {}) {
  const endpoint = new IamEndpoint();
  const clock = { ms: Date.parse('2026-03-01T12:00:00Z') };
  const destroyed: string[] = [];
  const how: HowToRead<string> = {
    clientOf: (account) =>
      Object.assign(iamClientOver(endpoint, {}, 0), { destroy: () => destroyed.push(account) }),
    settingsOf: async (account) => settingsWith({ account, mode: 'observe' }),
    read: async (iam, { account }) => {
      await iam.send(new ListUsersCommand({}));
      return `users of ${account}`;
    },
    reasonOf: (error) => ({ code: 'failed', text: (error as Error).message }),
    now: () => new Date(clock.ms),
    atOnce: 2,
    limitMs: LIMIT_MS,
    onDone: () => undefined,
    ...change,
  };
  return { how, endpoint, clock, destroyed };
}

it('reads every account, in the order given, and ends each one’s client', async () => {
  const done: string[] = [];
  let tellSecondDone = () => {};
  const secondDone = new Promise<void>((resolve) => {
    tellSecondDone = resolve;
  });
  const { how, destroyed } = reader({
    settingsOf: async (account) => {
      if (account === FIRST) await secondDone;
      return settingsWith({ account, mode: 'observe' });
    },
    onDone: (one) => {
      const account = one.status === 'read' ? one.place.account : 'not read';
      if (account === SECOND) tellSecondDone();
      done.push(account);
    },
  });
  const readings = await eachAccount(
    [FIRST, SECOND, THIRD].map((one) => candidate(one)),
    how,
  );
  expect(readings).toEqual([FIRST, SECOND, THIRD].map(readingOf));
  expect(done.indexOf(SECOND)).toBeLessThan(done.indexOf(FIRST));
  expect(done.toSorted()).toEqual([FIRST, SECOND, THIRD]);
  expect(destroyed.toSorted()).toEqual([FIRST, SECOND, THIRD]);
});

it('reads nothing of no accounts', async () => {
  expect(await eachAccount([], reader().how)).toEqual([]);
});

it.each([1, 2])('reads %i at once and no more', async (atOnce) => {
  const now = { running: 0, most: 0 };
  const read = async () => {
    now.running += 1;
    now.most = Math.max(now.most, now.running);
    await new Promise((go) => setTimeout(go, 5));
    now.running -= 1;
    return 'read';
  };
  const accounts = [FIRST, SECOND, THIRD].map((one) => candidate(one));
  await eachAccount(accounts, reader({ read, atOnce }).how);
  expect(now.most).toBe(atOnce);
});

it('asks an account that is not active for nothing', async () => {
  const { how, endpoint, destroyed } = reader();
  const [reading] = await eachAccount([candidate(FIRST, false)], how);
  expect(reading).toEqual({
    status: 'not-read',
    ...placeOf(FIRST),
    at: '2026-03-01T12:00:00.000Z',
    problem: { code: 'inactive', text: expect.stringContaining('not active') },
  });
  expect([endpoint.counts, destroyed]).toEqual([{}, []]);
});

it('goes on where one fails, and ends its client too', async () => {
  const { how, destroyed } = reader({
    settingsOf: async (account) => {
      if (account === FIRST) throw new Error('no role there');
      return settingsWith({ account, mode: 'observe' });
    },
  });
  const readings = await eachAccount([candidate(FIRST), candidate(SECOND)], how);
  expect(readings).toEqual([
    {
      status: 'not-read',
      ...placeOf(FIRST),
      at: '2026-03-01T12:00:00.000Z',
      problem: { code: 'failed', text: 'no role there' },
    },
    readingOf(SECOND),
  ]);
  expect(destroyed.toSorted()).toEqual([FIRST, SECOND]);
});

it.each([
  ['a millisecond before', 1, LIMIT_MS - 1],
  ['at', 0, LIMIT_MS],
])('%s the end of its time an account is asked %i times', async (_when, calls, after) => {
  const errors: unknown[] = [];
  const { how, endpoint, clock } = reader({
    settingsOf: async (account) => {
      clock.ms += after;
      return settingsWith({ account, mode: 'observe' });
    },
    reasonOf: (error) => {
      errors.push(error);
      return { code: 'too-slow', text: (error as Error).message };
    },
  });
  await eachAccount([candidate(FIRST)], how);
  expect(endpoint.counts.ListUsers ?? 0).toBe(calls);
  expect(errors).toHaveLength(1 - calls);
  for (const error of errors) {
    expect(error).toBeInstanceOf(TooSlow);
    expect(String(error)).toBe('TooSlow: the account was not read within the time limit');
  }
});
