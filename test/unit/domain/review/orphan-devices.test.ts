import { describe, expect, it } from 'vitest';
import { isDue, orphansOf, seenSince } from '../../../../functions/domain/review/orphan-devices.ts';

const NOW = new Date('2026-11-30T03:00:00Z');
const ago = (hours: number, ms = 0) =>
  new Date(NOW.getTime() - hours * 60 * 60 * 1000 + ms).toISOString();
const device = (name: string) => `arn:aws:iam::111122223333:mfa/${name}`;

describe('the orphan devices of a user', () => {
  it('are the unassigned virtual devices with the user’s name, in any case and at any path', () => {
    const unassigned = [
      device('dana'),
      device('DANA'),
      device('phones/berlin/dana'),
      device('xdana'),
      device('dana2'),
      device('dana/erin'),
      'GAHT12345678',
    ];
    expect(orphansOf('Dana', unassigned)).toEqual(
      unassigned.slice(0, 3).map((serial) => ({ user: 'Dana', serial })),
    );
  });
});

describe('when sweeps have seen a device first', () => {
  const orphans = ['a', 'b'].map((name) => ({ user: name, serial: device(name) }));
  const seenBefore = (seenAt: string) => ({
    seenAt,
    devices: [
      { serial: device('gone'), firstSeenAt: ago(90) },
      { serial: device('b'), firstSeenAt: ago(80) },
    ],
  });

  it.each([
    ['no sweep has seen any', null, ago(0)],
    ['the last sweep was the night before', seenBefore(ago(24)), ago(80)],
    ['the last sweep was less than 36 hours ago', seenBefore(ago(36, 1)), ago(80)],
    ['the last sweep to see any was 36 hours ago', seenBefore(ago(36)), ago(0)],
  ])('where %s', (_, stored, since) => {
    expect(seenSince(stored, orphans, NOW)).toEqual([
      { user: 'a', serial: device('a'), firstSeenAt: ago(0) },
      { user: 'b', serial: device('b'), firstSeenAt: since },
    ]);
  });

  it('is a day ago for a device that nobody is enrolling with', () => {
    const seen = (firstSeenAt: string) => isDue({ firstSeenAt }, NOW);
    expect(seen(ago(24))).toBe(true);
    expect(seen(ago(24, 1))).toBe(false);
  });
});
