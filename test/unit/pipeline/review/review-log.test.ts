import { describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  handle,
  iamEvent,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const linesOf = ({ logged }: TestPipeline) =>
  logged.map(({ level, message, values }) => [level, message, values]);

describe('the log of a review', () => {
  const event = (name: string, user: string) => iamEvent(name, { user, eventId: `e-${user}` });
  const cause = (user: string, eventName = 'CreateUser') =>
    expect.objectContaining({ kind: 'event', eventId: `e-${user}`, eventName });

  it('has what was found and done, and why', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    await handle(pipeline, event('CreateUser', 'dana'));
    expect(linesOf(pipeline)).toEqual([
      [
        'info',
        'reviewed',
        {
          user: 'dana',
          mode: 'enforce',
          cause: cause('dana'),
          action: 'block',
          status: expect.anything(),
          blocked: false,
          reasons: expect.arrayContaining([expect.objectContaining({ code: 'no-mfa' })]),
          published: ['user-blocked'],
        },
      ],
    ]);
  });

  it('has why it was stale', async () => {
    const pipeline = testPipeline();
    await handle(pipeline, event('CreateUser', 'dana'));
    expect(linesOf(pipeline)).toMatchObject([
      ['info', 'stale', { user: 'dana', kind: 'stale', staleReads: [expect.any(String)] }],
    ]);
  });

  it('has that a resource of ours was tampered with', async () => {
    const pipeline = testPipeline();
    await handle(pipeline, iamEvent('DeleteGroup', { parameters: { groupName: 'ForceMFA' } }));
    expect(linesOf(pipeline)).toEqual([
      [
        'warn',
        'tampering seen',
        expect.objectContaining({ account: ACCOUNT, what: expect.any(String) }),
      ],
    ]);
  });

  it('has what was dropped, and why', async () => {
    const pipeline = testPipeline();
    await handle(pipeline, iamEvent('ChangePassword', { eventId: 'e-2' }));
    expect(linesOf(pipeline)).toEqual([
      ['info', 'dropped', { eventId: 'e-2', reason: expect.any(String) }],
    ]);
  });
});
