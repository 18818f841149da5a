import { describe, expect, it } from 'vitest';
import { accessDenied } from '../../../fakes/memory-iam.ts';
import { handle, iamEvent, testPipeline } from '../../../fakes/pipeline.ts';
import { settingsWith } from '../../../fakes/settings.ts';

describe('the account’s alias', () => {
  it('is in every outcome, and read once', async () => {
    const pipeline = testPipeline();
    pipeline.iam.alias = 'acme-prod';
    for (const user of ['dana', 'erin']) {
      pipeline.iam.put(user);
      await handle(pipeline, iamEvent('CreateUser', { user }));
    }
    expect(pipeline.events.outcomes).toMatchObject([
      { alias: 'acme-prod' },
      { alias: 'acme-prod' },
    ]);
    expect(pipeline.iam.count('ListAccountAliases')).toBe(1);
  });

  it('delays no message where it cannot be read, and is tried again', async () => {
    const pipeline = testPipeline();
    pipeline.iam.alias = 'acme-prod';
    pipeline.iam.failNext('ListAccountAliases', accessDenied);
    for (const user of ['dana', 'erin']) {
      pipeline.iam.put(user);
      await handle(pipeline, iamEvent('CreateUser', { user }));
    }
    expect(pipeline.events.outcomes).toMatchObject([{ alias: null }, { alias: 'acme-prod' }]);
    expect(pipeline.logged.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });
});

describe('the address of the user', () => {
  const notifyUsers = { tag: 'email', domains: [] };
  const tags = { email: 'dana@example.com' };

  it.each([
    ['is in the outcomes of a block and of an unblock', { notifyUsers }, 'dana@example.com'],
    ['is in none with NotifyUsers=no', { notifyUsers: null }, undefined],
    ['is in none of observe mode', { notifyUsers, mode: 'observe' }, undefined],
  ] as const)('%s', async (_, settings, email) => {
    const enrolled = { devices: ['phone'], policies: [settingsWith().policyArn] };
    const found: unknown[] = [];
    for (const [event, change] of [
      ['CreateUser', {}],
      ['EnableMFADevice', enrolled],
    ] as const) {
      const pipeline = testPipeline(settings);
      pipeline.iam.put('dana', { tags, ...change });
      await handle(pipeline, iamEvent(event, { parameters: { serialNumber: 'phone' } }));
      found.push(...pipeline.events.outcomes.map((one) => 'email' in one && one.email));
    }
    expect(found).toEqual([email ?? false, email ?? false]);
  });
});

describe('the person concerned', () => {
  it.each([
    ['is named by the tag slack, where the deployment allows it', true, 'U012AB3CD', 'U012AB3CD'],
    ['is not named where it does not', false, 'U012AB3CD', null],
    ['is not named by a tag of another form', true, 'here', null],
    ['is not named by a tag that would mention everybody', true, '<!channel>', null],
  ])('%s', async (_, slackMentions, slack, slackMember) => {
    const pipeline = testPipeline({ slackMentions });
    pipeline.iam.put('dana', { tags: { slack } });
    await handle(pipeline, iamEvent('CreateUser'));
    expect(pipeline.events.outcomes).toMatchObject([{ kind: 'user-blocked', slackMember }]);
  });
});
