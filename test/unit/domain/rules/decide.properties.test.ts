import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../functions/domain/rules/decide.ts';
import { exemptionOf } from '../../../../functions/domain/rules/exemption.ts';
import type { Settings } from '../../../../functions/domain/rules/settings.ts';
import type { Reading, UserFacts } from '../../../../functions/domain/rules/user-facts.ts';
import { allFacts, anySettings, anyTime, someFacts } from '../anything.ts';

const isBreakGlass = ({ profile }: UserFacts, settings: Settings, now: Date) =>
  profile !== undefined && exemptionOf(profile, settings, now).reason.code === 'break-glass';

describe('for any facts, settings and time, the decision', () => {
  it('is made with its reasons, or names what is still unread', () => {
    fc.assert(
      fc.property(someFacts, anySettings, anyTime, (facts, settings, now) => {
        const verdict = decide(facts, settings, now);
        if (verdict.kind === 'undecided') {
          expect(verdict.needs.filter((need) => facts[need] !== undefined)).toEqual([]);
          expect(verdict.needs).toEqual([...new Set(verdict.needs)]);
          expect(verdict.needs).not.toEqual([]);
        } else {
          expect(verdict.reasons.map(({ text }) => text.trim())).not.toContain('');
          expect(verdict.reasons).not.toEqual([]);
        }
      }),
    );
  });

  it('is made once everything has been read', () => {
    fc.assert(
      fc.property(allFacts, anySettings, anyTime, (facts, settings, now) => {
        expect(decide(facts, settings, now).kind).toBe('decision');
      }),
    );
  });

  it('does not depend on what was read first', () => {
    fc.assert(
      fc.property(allFacts, anySettings, anyTime, fc.gen(), (facts, settings, now, pick) => {
        let read: UserFacts = { user: facts.user };
        let verdict = decide(read, settings, now);
        while (verdict.kind === 'undecided') {
          const { needs } = verdict;
          const next = pick(() => fc.constantFrom<Reading[]>(...needs));
          read = { ...read, [next]: facts[next] };
          verdict = decide(read, settings, now);
        }
        expect(verdict).toMatchObject({
          action: (decide(facts, settings, now) as typeof verdict).action,
          blocked: facts.attachments.methods.length > 0,
        });
      }),
    );
  });

  it('is the same each time, in either mode, and in whatever order IAM lists tags and devices', () => {
    fc.assert(
      fc.property(allFacts, anySettings, anyTime, (facts, settings, now) => {
        const { profile, devices } = facts;
        const tags = Object.fromEntries(Object.entries(profile.tags).toReversed());
        const turned = { ...facts, profile: { ...profile, tags }, devices: devices.toReversed() };
        const { action, status } = decide(facts, settings, now) as {
          action: string;
          status: string;
        };
        for (const mode of ['enforce', 'observe'] as const) {
          expect(decide(turned, { ...settings, mode }, now)).toMatchObject({ action, status });
        }
        expect(decide(facts, settings, now)).toEqual(decide(facts, settings, now));
      }),
    );
  });

  it('blocks only a user known to have no MFA and no exemption, and to be in scope', () => {
    fc.assert(
      fc.property(someFacts, anySettings, anyTime, (facts, settings, now) => {
        const verdict = decide(facts, settings, now);
        if (verdict.kind === 'undecided' || verdict.action !== 'block') return;
        expect(facts.devices).toEqual([]);
        expect(facts.attachments?.methods).toEqual([]);
        if (facts.profile === undefined) throw new Error('blocked, and the profile is not read');
        const { exempt } = exemptionOf(facts.profile, settings, now);
        expect(exempt && !(settings.exemptPassword === 'ends-exemption' && facts.password)).toBe(
          false,
        );
        if (settings.scope === 'console-users') expect(facts.password).toBe(true);
        expect(settings.scope).not.toBe('no-users');
      }),
    );
  });

  it('is never to block because of another device', () => {
    fc.assert(
      fc.property(someFacts, anySettings, anyTime, fc.string(), (facts, settings, now, serial) => {
        const devices = [...(facts.devices ?? []), serial];
        expect(decide({ ...facts, devices }, settings, now)).not.toMatchObject({ action: 'block' });
        const before = decide(facts, settings, now);
        if (before.kind === 'decision' && before.action === 'unblock') {
          const after = decide({ ...facts, devices }, settings, now);
          expect(['unblock', 'undecided']).toContain(
            after.kind === 'decision' ? after.action : after.kind,
          );
        }
      }),
    );
  });

  it('is never to block a break-glass user, and always to unblock one', () => {
    fc.assert(
      fc.property(allFacts, anySettings, anyTime, (facts, settings, now) => {
        const tags = { 'mfa-enforcer:break-glass': 'true', ...facts.profile.tags };
        const user = { ...facts, profile: { ...facts.profile, tags } };
        fc.pre(isBreakGlass(user, settings, now));
        const action = facts.attachments.methods.length > 0 ? 'unblock' : 'none';
        expect(decide(user, settings, now)).toMatchObject({ action });
      }),
    );
  });

  it('with unblock=never unblocks no other user', () => {
    fc.assert(
      fc.property(someFacts, anySettings, anyTime, (facts, settings, now) => {
        const verdict = decide(facts, { ...settings, unblock: 'never' }, now);
        if (verdict.kind === 'undecided' || verdict.action !== 'unblock') return;
        expect(isBreakGlass(facts, settings, now)).toBe(true);
      }),
    );
  });

  it('stays a block as time goes by: an exemption ends and does not begin', () => {
    fc.assert(
      fc.property(allFacts, anySettings, anyTime, anyTime, (facts, settings, one, other) => {
        const [earlier, later] = one < other ? [one, other] : [other, one];
        const before = decide(facts, settings, earlier);
        if (before.kind === 'undecided' || before.action !== 'block') return;
        expect(decide(facts, settings, later)).toMatchObject({ action: 'block' });
      }),
    );
  });
});
