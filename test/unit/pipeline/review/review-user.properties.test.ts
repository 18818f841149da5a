import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../../functions/domain/rules/settings.ts';
import type { MemoryUser } from '../../../fakes/memory-iam.ts';
import {
  BOUNDARY,
  handle,
  iamEvent,
  POLICY,
  sweepRequest,
  testPipeline,
} from '../../../fakes/pipeline.ts';
import { anySettings, anyTags } from '../../domain/anything.ts';

const policies = Array.from({ length: 10 }, (_, index) => `arn:aws:iam::aws:policy/P${index}`);
const groups = Array.from({ length: 10 }, (_, index) => `group-${index}`);
// Nearly or wholly full as often as empty: the block methods after the managed policy are for them.
const upTo = (all: readonly string[]) =>
  fc.constantFrom(0, 1, all.length - 1, all.length).map((length) => all.slice(0, length));

const anyUser: fc.Arbitrary<Partial<MemoryUser>> = fc
  .record({
    tags: anyTags,
    devices: fc.subarray(['arn:aws:iam::111122223333:mfa/phone', 'GAHT1']),
    password: fc.boolean(),
    policies: upTo(policies),
    groups: fc.oneof(upTo(groups), fc.constant(['ForceMFA'])),
    boundary: fc.constantFrom(null, BOUNDARY, 'arn:aws:iam::111122223333:policy/own'),
    blocked: fc.boolean(),
  })
  .map(({ blocked, ...user }) => ({
    ...user,
    policies: blocked ? [POLICY, ...user.policies.slice(0, 9)] : user.policies,
  }));

const anyTrigger = fc.constantFrom(
  () => iamEvent('CreateUser'),
  () => iamEvent('UpdateUser', { ago: 3600 }),
  () => iamEvent('AttachUserPolicy', { ago: 3600, parameters: { policyArn: POLICY } }),
  () => sweepRequest('dana'),
);

const anyDeployment: fc.Arbitrary<Settings> = fc
  .tuple(anySettings, fc.boolean(), fc.boolean())
  .map(([settings, boundaryDeny, inlineDeny]) => ({ ...settings, boundaryDeny, inlineDeny }));

async function reviewed(user: Partial<MemoryUser>, settings: Settings, first: string) {
  const pipeline = testPipeline(settings);
  pipeline.iam.put('dana', user);
  expect(await handle(pipeline, first)).toEqual(['fulfilled']);
  return pipeline;
}

describe('a review, of any user and for any reason', () => {
  it('that is done again writes nothing, and publishes nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyUser,
        anyDeployment,
        anyTrigger,
        anyTrigger,
        async (user, settings, one, other) => {
          const pipeline = await reviewed(user, { ...settings, mode: 'enforce' }, one());
          // An action that fails is tried again, and reported again.
          fc.pre(pipeline.events.outcomes.every(({ kind }) => /blocked|unblocked/.test(kind)));
          const { writes } = pipeline.iam;
          const before = pipeline.events.outcomes.length;
          expect(await handle(pipeline, other())).toEqual(['fulfilled']);
          expect(pipeline.iam.writes).toEqual(writes);
          expect(pipeline.events.outcomes.slice(before)).toEqual([]);
        },
      ),
    );
  });

  it('writes once at most for a block, and never in observe mode', async () => {
    await fc.assert(
      fc.asyncProperty(anyUser, anyDeployment, anyTrigger, async (user, settings, trigger) => {
        const { iam, events } = await reviewed(user, settings, trigger());
        const unblocked = events.outcomes.some(({ kind }) => kind === 'user-unblocked');
        if (settings.mode === 'observe') expect(iam.writes).toEqual([]);
        else if (!unblocked) expect(iam.writes.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('unblocks every user with MFA, from any block method', async () => {
    await fc.assert(
      fc.asyncProperty(anyUser, anyDeployment, async (user, settings) => {
        const deployment = { ...settings, mode: 'enforce', unblock: 'on-enrolment' } as const;
        const request = { ...(JSON.parse(sweepRequest('dana')) as object), otherMethods: true };
        const { iam } = await reviewed(
          { ...user, devices: ['GAHT1'] },
          deployment,
          JSON.stringify(request),
        );
        const { policies, groups, boundary, inline } = iam.user('dana') as MemoryUser;
        expect([...policies, ...groups, boundary, ...Object.keys(inline)]).not.toContain(
          'ForceMFA',
        );
        expect([policies, boundary].flat()).toEqual(
          [user.policies ?? [], user.boundary ?? null]
            .flat()
            .map((arn) => (arn === BOUNDARY ? null : arn))
            .filter((arn) => arn !== POLICY),
        );
        expect(groups).toEqual(user.groups?.filter((group) => group !== 'ForceMFA'));
      }),
    );
  });
});
