import { describe, expect, it } from 'vitest';
import { handle, iamEvent, testPipeline } from '../../../fakes/pipeline.ts';

const service = { userType: 'Service' };
const calls = [
  ['CreateAccessKey', 'access-key'],
  ['CreateServiceSpecificCredential', 'service-credential'],
  ['UploadSSHPublicKey', 'ssh-key'],
] as const;

describe('a new credential', () => {
  it.each(calls)('of an exempt user is reported with its caller: %s', async (eventName, change) => {
    const pipeline = testPipeline({ slackMentions: true });
    pipeline.iam.put('bot', { tags: { ...service, slack: 'U012AB3CD' } });
    await handle(pipeline, iamEvent(eventName, { user: 'BOT' }));
    expect(pipeline.events.outcomes).toMatchObject([
      {
        kind: 'exemption-seen',
        user: 'bot',
        change,
        bySelf: false,
        slackMember: 'U012AB3CD',
        reasons: [{ code: 'exempt-tag' }],
        cause: { eventName, actor: { name: 'SecurityAdmin/alice' } },
      },
    ]);
    expect(pipeline.iam.calls.map(({ action }) => action)).toEqual([
      'GetUser',
      'ListAccountAliases',
    ]);
  });

  it('by the exempt user is marked', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('bot', { tags: service });
    const identity = { type: 'IAMUser', userName: 'bot', accessKeyId: 'AKIAEXAMPLE' };
    await handle(pipeline, iamEvent('CreateAccessKey', { user: 'bot', identity }));
    expect(pipeline.events.outcomes).toMatchObject([{ bySelf: true }]);
  });

  it.each(calls)('of any other user costs one call, and no review: %s', async (eventName) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    await handle(pipeline, iamEvent(eventName));
    expect(pipeline.events.outcomes).toEqual([]);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    expect(pipeline.iam.calls.map(({ action }) => action)).toEqual(['GetUser']);
  });

  it('is not reported where the deployment does not ask for it, and costs no call', async () => {
    const pipeline = testPipeline({ reportCredentials: false });
    pipeline.iam.put('bot', { tags: service });
    await handle(pipeline, iamEvent('CreateAccessKey', { user: 'bot' }));
    expect(pipeline.events.outcomes).toEqual([]);
    expect(pipeline.iam.calls).toEqual([]);
  });

  it.each([
    ['a password, which ends the exemption', true, service, 0],
    ['no password', false, service, 1],
    ['a password, and is a break-glass user', true, { 'mfa-enforcer:break-glass': 'true' }, 1],
  ])('is reported by whether the user is exempt: with %s', async (_, password, tags, reports) => {
    const pipeline = testPipeline({ exemptPassword: 'ends-exemption' });
    pipeline.iam.put('bot', { tags, password });
    await handle(pipeline, iamEvent('CreateAccessKey', { user: 'bot' }));
    expect(pipeline.events.outcomes).toHaveLength(reports);
  });

  it.each([
    ['yet is reported later', 0, 1],
    ['any more is not', 600, 0],
  ])('of a user whom IAM does not show %s', async (_, ago, requeued) => {
    const pipeline = testPipeline();
    await handle(pipeline, iamEvent('CreateAccessKey', { ago }));
    expect(pipeline.sqs.sent).toHaveLength(requeued);
    expect(pipeline.events.outcomes).toEqual([]);
  });
});
