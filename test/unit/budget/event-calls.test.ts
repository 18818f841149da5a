import { describe, expect, it } from 'vitest';
import type { MemoryUser } from '../../fakes/memory-iam.ts';
import { ACCOUNT, handle, iamEvent, POLICY, testPipeline } from '../../fakes/pipeline.ts';

const PHONE = `arn:aws:iam::${ACCOUNT}:mfa/phone`;
const SERVICE = { userType: 'Service' };
const asService = { tags: [{ key: 'userType', value: 'Service' }] };

/** The cached calls: the alias for an instance's life, the breaker's four for up to a minute. */
const CACHED = ['ListAccountAliases', 'ListEntitiesForPolicy', 'GetGroup', 'GetAccountSummary'];

/** The calls of one event, without what is cached. */
async function calls(
  eventName: string,
  user: Partial<MemoryUser>,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<string[]> {
  const pipeline = testPipeline();
  pipeline.iam.put('dana', user);
  await handle(pipeline, iamEvent(eventName, { parameters }));
  return pipeline.iam.calls
    .map(({ action }) => action)
    .filter((action) => !CACHED.includes(action));
}

// Every event about a user, with parameters that fit a user with the phone and one without.
const events: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['UpdateUser', {}],
  ['CreateLoginProfile', {}],
  ['DeleteLoginProfile', {}],
  ['DeactivateMFADevice', { serialNumber: 'GAHT-GONE' }],
  ['TagUser', { tags: [{ key: 'team', value: 'x' }] }],
  ['UntagUser', { tagKeys: ['team'] }],
];

describe('one event of a user', () => {
  it.each([...events, ['EnableMFADevice', { serialNumber: PHONE }] as const])(
    'a protected user takes two calls: %s',
    async (eventName, parameters) => {
      const tags = eventName === 'TagUser' ? { team: 'x' } : {};
      const user = { devices: [PHONE], tags, password: eventName !== 'DeleteLoginProfile' };
      expect((await calls(eventName, user, parameters)).length).toBeLessThanOrEqual(2);
    },
  );

  it.each([
    ['is created so', 'CreateUser', asService],
    ['loses the tag’s end', 'UntagUser', { tagKeys: ['mfa-exempt-until'] }],
  ])(
    'an exempt user takes two calls, and one more for a new exemption: %s',
    async (_, eventName, parameters) => {
      const made = await calls(eventName, { tags: SERVICE }, parameters);
      const asked = made.filter((action) => action !== 'GetLoginProfile');
      expect(asked.length).toBeLessThanOrEqual(2);
      expect(made.length - asked.length).toBe(eventName === 'CreateUser' ? 0 : 1);
    },
  );

  it.each([...events, ['CreateUser', {}] as const])(
    'a blocked user takes at most four calls: %s',
    async (eventName, parameters) => {
      const tags = eventName === 'TagUser' ? { team: 'x' } : {};
      const user = { policies: [POLICY], tags, password: eventName !== 'DeleteLoginProfile' };
      expect((await calls(eventName, user, parameters)).length).toBeLessThanOrEqual(4);
    },
  );

  it.each([
    ...events,
    ['CreateUser', {}] as const,
    ['DetachUserPolicy', { policyArn: POLICY }] as const,
  ])('a user to block takes at most five calls: %s', async (eventName, parameters) => {
    const tags = eventName === 'TagUser' ? { team: 'x' } : {};
    const user = { tags, password: eventName !== 'DeleteLoginProfile' };
    const made = await calls(eventName, user, parameters);
    expect(made.at(-1)).toBe('AttachUserPolicy');
    expect(made.length).toBeLessThanOrEqual(5);
  });

  it.each([
    ['EnableMFADevice', { serialNumber: PHONE }, { devices: [PHONE] }],
    ['TagUser', asService, { tags: SERVICE }],
  ] as const)(
    'a user to unblock takes at most six calls, to read every block method, and one more for a new exemption: %s',
    async (eventName, parameters, user) => {
      const made = await calls(eventName, { policies: [POLICY], ...user }, parameters);
      expect(made).toContain('DetachUserPolicy');
      const news = eventName === 'TagUser' ? 1 : 0;
      expect(made.length).toBeLessThanOrEqual(6 + news);
    },
  );

  it('the breaker’s four readings serve a minute', async () => {
    const pipeline = testPipeline({ blockLimit: 100 });
    for (let index = 0; index < 20; index += 1) {
      pipeline.iam.put(`user-${index}`);
      await handle(pipeline, iamEvent('CreateUser', { user: `user-${index}` }));
      pipeline.clock.time += 2_000;
    }
    expect(pipeline.iam.count('ListEntitiesForPolicy')).toBe(2);
    expect(pipeline.iam.count('GetGroup')).toBe(1);
    expect(pipeline.iam.count('GetAccountSummary')).toBe(1);
  });
});
