import { describe, expect, it } from 'vitest';
import { dormantAt, rememberedNights } from '../../../../functions/domain/review/dormant-users.ts';

const TONIGHT = '2026-03-08T03:00:00.000Z';
const CREATED = 1_700_000_000;
const user = (name: string, createdAt = CREATED) => ({ user: name, createdAt });
const night = (seenAt: string, ...users: ReturnType<typeof user>[]) => ({ seenAt, users });

describe('the dormant users that are remembered', () => {
  it('are those of this sweep, and those whom only an earlier one of the week saw', () => {
    const before = [
      night('2026-03-07T03:00:00.000Z', user('dana'), user('Erin', CREATED + 1), user('hugo')),
      night('2026-03-01T03:00:00.001Z', user('dana'), user('ida')),
      night('2026-03-01T03:00:00.000Z', user('frank')),
    ];
    const tonight = night(TONIGHT, user('Dana'), user('erin'), user('gail'));
    expect(rememberedNights(before, tonight)).toEqual({
      nights: [
        tonight,
        // Another user had the name before.
        night('2026-03-07T03:00:00.000Z', user('Erin', CREATED + 1), user('hugo')),
        night('2026-03-01T03:00:00.001Z', user('ida')),
      ],
      dropped: 0,
    });
  });

  it('are the same where a sweep reads one report twice, and none where nobody is dormant', () => {
    const once = rememberedNights([], night(TONIGHT, user('dana'))).nights;
    expect(rememberedNights(once, night(TONIGHT, user('dana'))).nights).toEqual(once);
    expect(rememberedNights([], night(TONIGHT)).nights).toEqual([]);
  });

  it('are 3,500 at most, the latest first, and the others are counted', () => {
    const users = Array.from({ length: 3_499 }, (_, index) => user(`user-${index}`));
    const before = night('2026-03-07T03:00:00.000Z', user('dana'), user('erin'), user('frank'));
    const { nights, dropped } = rememberedNights([before], night(TONIGHT, ...users));
    expect(nights.map((one) => one.users.length)).toEqual([3_499, 1]);
    expect(dropped).toBe(2);
  });

  it.each([
    ['in any case of the name', 'DANA', CREATED * 1000 + 999, '2026-03-13T03:00:00Z', 'first'],
    ['for a week', 'dana', CREATED * 1000, '2026-03-14T02:59:59Z', 'first'],
    ['no longer', 'dana', CREATED * 1000, '2026-03-14T03:00:00Z', null],
    [
      'not for a later user of the name',
      'dana',
      CREATED * 1000 + 1000,
      '2026-03-08T00:00:00Z',
      null,
    ],
    ['not for a user whose creation is unknown', 'dana', null, '2026-03-08T00:00:00Z', null],
    ['not for others', 'erin', CREATED * 1000, '2026-03-08T00:00:00Z', null],
  ] as const)('are found %s', (_, name, created, at, found) => {
    const nights = [
      night('2026-03-07T03:00:00.000Z', user('other'), user('dana')),
      night('2026-03-06T03:00:00.000Z', user('dana')),
    ];
    const profile = { arn: '', tags: {}, boundary: null };
    const createdAt = created === null ? undefined : new Date(created);
    expect(dormantAt(nights, { user: name, profile: { ...profile, createdAt } }, at)).toBe(
      found === null ? null : '2026-03-07T03:00:00.000Z',
    );
    expect(dormantAt(nights, { user: name }, at)).toBeNull();
  });
});
