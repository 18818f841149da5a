import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadSpoke, spokeSettings, spokeTags } from '../../../../functions/domain/accounts/spoke.ts';
import { sweepRoom, takeRoom } from '../../../../functions/domain/accounts/sweep-tally.ts';
import { blockLimitOf } from '../../../../functions/domain/rules/settings.ts';
import { settingsWith } from '../../../fakes/settings.ts';
import { anySettings } from '../anything.ts';

const count = fc.oneof(fc.nat({ max: 30 }), fc.nat({ max: 6000 }));
const setting = fc.oneof(fc.constant('auto' as const), fc.nat({ max: 30 }), fc.nat({ max: 9999 }));

describe('the block limit, for any account and setting', () => {
  it('never shrinks with the account', () => {
    fc.assert(
      fc.property(count, setting, (users, limit) => {
        expect(blockLimitOf(users + 1, limit)).toBeGreaterThanOrEqual(blockLimitOf(users, limit));
      }),
    );
  });

  it('is given out page by page once for each user, and never beyond the limit', () => {
    const pages = fc.array(fc.array(fc.string(), { maxLength: 40 }), { maxLength: 12 });
    fc.assert(
      fc.property(count, count, count, setting, pages, (listed, seen, users, blockLimit, all) => {
        const first = sweepRoom({ listed, seen, users }, settingsWith({ blockLimit }));
        let room = first;
        let sent = 0;
        for (const page of all) {
          const taken = takeRoom(room, page);
          expect(taken.within).toEqual(page.slice(0, taken.within.length));
          expect(taken.room.left).toBeGreaterThanOrEqual(0);
          sent += taken.within.length;
          room = taken.room;
        }
        expect(sent + Math.max(listed, seen)).toBeLessThanOrEqual(
          Math.max(first.limit, listed, seen),
        );
        expect(sent + room.beyond).toBe(all.flat().length);
      }),
    );
  });
});

describe('a spoke, with any hub and any tags', () => {
  const accountId = fc.stringMatching(/^\d{12}$/);
  const hubs = fc
    .tuple(anySettings, accountId, fc.constantFrom('aws', 'aws-cn', 'aws-us-gov'))
    .map(([settings, account, partition]) => ({
      ...settings,
      account,
      policyArn: `arn:${partition}:iam::${account}:policy/ForceMFA`,
      boundaryArn: `arn:${partition}:iam::${account}:policy/ForceMFA-boundary`,
    }));
  const value = fc.oneof(
    fc.constantFrom('hub', 'enforce', 'observe', 'auto', '0', '25', '9999', '10000', '-1', '1e3'),
    fc.string(),
  );
  const tags = fc.oneof(
    fc.dictionary(fc.constantFrom(...Object.values(spokeTags), 'team'), value),
    fc.dictionary(fc.string(), value),
  );
  const role = fc.constantFrom('ForceMFA-review', 'ForceMFA-read');

  it('is unmanaged, or observes if either asks for it, within limits, with ARNs of its own', () => {
    fc.assert(
      fc.property(hubs, accountId, role, tags, (hub, account, name, message) => {
        fc.pre(account !== hub.account);
        try {
          const spoke = spokeSettings(hub, account, name, message);
          const observed = [hub.mode, message[spokeTags.mode]].includes('observe');
          expect(spoke.mode).toBe(observed ? 'observe' : 'enforce');
          expect(JSON.stringify(spoke)).not.toContain(hub.account);
          expect([spoke.policyArn, spoke.boundaryArn]).toEqual([
            hub.policyArn.replace(hub.account, account),
            hub.boundaryArn.replace(hub.account, account),
          ]);
          expect(spoke).toMatchObject({ account, enforcerRole: name });
          if (spoke.blockLimit !== 'auto') {
            expect(Number.isInteger(spoke.blockLimit)).toBe(true);
            expect(spoke.blockLimit).toBeGreaterThanOrEqual(0);
            expect(spoke.blockLimit).toBeLessThanOrEqual(9999);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(BadSpoke);
          expect(Object.values(spokeTags).some((tag) => tag in message)).toBe(true);
        }
      }),
    );
  });
});
