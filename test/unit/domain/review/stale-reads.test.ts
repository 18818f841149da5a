import { describe, expect, it } from 'vitest';
import {
  isFresh,
  secondsUntilRepeated,
  secondsUntilSettled,
  staleReads,
} from '../../../../functions/domain/review/stale-reads.ts';

const facts = {
  user: 'dana',
  profile: {
    arn: 'arn:aws:iam::111122223333:user/staff/dana',
    tags: { team: 'blue' },
    boundary: null,
  },
  devices: ['S1'],
  password: true,
  attachments: { methods: [], policies: ['P1'], groups: ['G1'] },
};

describe('a reading is compared with a fresh event', () => {
  it.each([
    ['the user is not visible yet', null, { exists: true }, ['the user is not visible yet']],
    ['the user is not there, as expected', null, { password: false }, []],
    ['the user is there', facts, { exists: true }, []],
    ['a device should be gone', facts, { devices: { S1: false } }, ['device S1 is still listed']],
    ['a device should be there', facts, { devices: { S2: true } }, ['device S2 is not listed yet']],
    ['the devices fit', facts, { devices: { S1: true, S2: false } }, []],
    [
      'a password should be there',
      { ...facts, password: false },
      { password: true },
      ['the password is not visible yet'],
    ],
    ['a password should be gone', facts, { password: false }, ['the password is still there']],
    ['the user should be gone', facts, { exists: false }, ['the user is still there']],
    ['the user should be gone, and is', null, { exists: false }, []],
    ['the password fits', facts, { password: true }, []],
    [
      'a tag should have another value',
      facts,
      { tags: { team: 'red' } },
      ['tag team does not show its change yet'],
    ],
    [
      'a tag should be gone',
      facts,
      { tags: { team: null } },
      ['tag team does not show its change yet'],
    ],
    [
      'a tag should be there',
      facts,
      { tags: { userType: 'Service' } },
      ['tag userType does not show its change yet'],
    ],
    ['the tags fit', facts, { tags: { team: 'blue', userType: null } }, []],
    ['a policy should be attached', facts, { policies: { P2: true } }, ['P2 is not attached yet']],
    ['a policy should be detached', facts, { policies: { P1: false } }, ['P1 is still attached']],
    ['the policies fit', facts, { policies: { P1: true, P2: false } }, []],
    [
      'a group should be joined',
      facts,
      { groups: { G2: true } },
      ['the user is not yet in the group G2'],
    ],
    [
      'a group should be left',
      facts,
      { groups: { G1: false } },
      ['the user is still in the group G1'],
    ],
    ['the groups fit', facts, { groups: { G1: true, G2: false } }, []],
    [
      'a boundary should be set',
      facts,
      { boundary: 'B' },
      ['the boundary does not show its change yet'],
    ],
    ['the boundary fits', facts, { boundary: null }, []],
    ['the path fits', facts, { path: '/staff/' }, []],
    ['there should be no path', facts, { path: '/' }, ['the path does not show its change yet']],
    ['no path is expected', facts, {}, []],
    ['the path was not read', { user: 'dana' }, { path: '/' }, []],
    [
      'another boundary should be set',
      { ...facts, profile: { ...facts.profile, boundary: 'C' } },
      { boundary: 'B' },
      ['the boundary does not show its change yet'],
    ],
    [
      'the boundary should be gone',
      { ...facts, profile: { ...facts.profile, boundary: 'B' } },
      { boundary: null },
      ['the boundary does not show its change yet'],
    ],
    [
      'everything fits, and was named in another case',
      { ...facts, profile: { ...facts.profile, boundary: 'B' } },
      { devices: { s1: true }, policies: { p1: true }, groups: { g1: true }, boundary: 'b' },
      [],
    ],
    ['nothing was expected', facts, {}, []],
  ])('%s', (_, read, expects, expected) => {
    expect(staleReads(read, expects)).toEqual(expected);
  });

  it('is not seen in what was not read, since the decision did not need it', () => {
    const expects = {
      devices: { S1: false },
      password: false,
      tags: { team: null },
      policies: { P1: false },
      groups: { G1: false },
      boundary: 'B',
    };
    expect(staleReads({ user: 'dana' }, expects)).toEqual([]);
  });

  it.each([
    ['at once', '12:00:00', true],
    ['for two minutes', '12:01:59.999', true],
    ['no longer', '12:02:00', false],
    ['where the clock is up to five minutes behind', '11:55:00.001', true],
    ['no further ahead', '11:55:00', false],
  ])('is looked for %s', (_, now, fresh) => {
    const changedAt = new Date('2026-03-01T12:00:00Z');
    expect(isFresh(changedAt, new Date(`2026-03-01T${now}Z`))).toBe(fresh);
  });

  it.each([
    ['two minutes from the change on', '12:00:00', 120],
    ['what is left of them', '12:00:05.900', 115],
    ['a second at the end', '12:01:59.999', 1],
    ['nothing after them', '12:02:00', 0],
    ['two minutes where the clock is behind', '11:59:00', 120],
    ['nothing for a change of the future', '11:55:00', 0],
  ])('is reviewed later, once IAM’s delay is over: %s', (_, now, seconds) => {
    const changedAt = new Date('2026-03-01T12:00:00Z');
    expect(secondsUntilSettled(changedAt, new Date(`2026-03-01T${now}Z`))).toBe(seconds);
    expect(secondsUntilSettled(null, changedAt)).toBe(0);
  });
});

describe('a review that found nothing to do', () => {
  const at = new Date('2026-03-01T12:00:00Z');
  const after = (seconds: number) => new Date(at.getTime() + seconds * 1000);
  const changes = (...names: string[]) =>
    names.map((eventName) => ({ cause: { kind: 'event', eventName } })) as never;

  it.each([
    ['created', ['CreateUser'], false, 10, 110],
    ['renamed, among other changes', ['TagUser', 'UpdateUser', 'TagUser'], false, 0, 120],
    ['seen as blocked', ['CreateLoginProfile'], true, 30, 90],
    ['neither', ['CreateLoginProfile'], false, 10, 0],
    ['seen as blocked when IAM has settled', ['CreateLoginProfile'], true, 120, 0],
  ])('is repeated when IAM has settled: a user %s', (_, names, blocked, age, seconds) => {
    const task = { changes: changes(...names), changedAt: at };
    expect(secondsUntilRepeated(task, blocked, after(age))).toBe(seconds);
  });

  it('is not repeated after a sweep, which reads what has settled', () => {
    expect(secondsUntilRepeated({ changes: [], changedAt: null }, true, at)).toBe(0);
  });
});
