import { describe, expect, it } from 'vitest';
import { handle, iamEvent, POLICY, testPipeline } from '../../../fakes/pipeline.ts';

const SERIAL = 'arn:aws:iam::111122223333:mfa/phone';
const enabled = (identity: Record<string, unknown>, user = 'dana') =>
  iamEvent('EnableMFADevice', { user, identity, parameters: { serialNumber: SERIAL } });
const erin = {
  type: 'IAMUser',
  userName: 'erin',
  arn: 'arn:aws:iam::111122223333:user/erin',
};
const role = {
  type: 'AssumedRole',
  arn: 'arn:aws:sts::111122223333:assumed-role/dana/dana',
  sessionContext: { sessionIssuer: { userName: 'dana' } },
};
const ofDevices = (pipeline: ReturnType<typeof testPipeline>) =>
  pipeline.events.outcomes.filter(({ kind }) => kind === 'mfa-device-added-by-other');

describe('a device that another identity enables', () => {
  it.each([
    ['another user', erin, 'erin'],
    ['a role, also of the same name', role, 'dana/dana'],
    ['root', { type: 'Root', arn: 'arn:aws:iam::111122223333:root' }, 'root'],
  ])('for a protected user is reported: %s', async (_, identity, name) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: ['other', SERIAL] });
    await handle(pipeline, enabled(identity));
    expect(pipeline.events.outcomes).toMatchObject([
      {
        kind: 'mfa-device-added-by-other',
        user: 'dana',
        serial: SERIAL,
        wasBlocked: false,
        cause: { eventName: 'EnableMFADevice', actor: { name } },
      },
    ]);
  });

  it.each(['enforce', 'observe'] as const)('for a blocked user too, in mode %s', async (mode) => {
    const pipeline = testPipeline({ mode });
    pipeline.iam.put('dana', { devices: [SERIAL], policies: [POLICY] });
    await handle(pipeline, enabled(erin));
    expect(ofDevices(pipeline)).toMatchObject([{ mode, wasBlocked: true }]);
  });

  it('for a deleted user', async () => {
    const pipeline = testPipeline();
    const event = enabled(erin);
    pipeline.clock.time += 10 * 60_000;
    await handle(pipeline, event);
    expect(ofDevices(pipeline)).toMatchObject([{ user: 'dana', wasBlocked: null }]);
  });

  it('is reported once, however often its event comes', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [SERIAL] });
    const event = enabled(erin);
    await handle(pipeline, event, event);
    await handle(pipeline, event);
    expect(ofDevices(pipeline)).toHaveLength(1);
  });

  it('is reported once IAM shows it', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [] });
    await handle(pipeline, enabled(erin));
    expect(pipeline.events.outcomes).toEqual([]);
    expect(pipeline.sqs.sent).toHaveLength(1);
  });

  it.each(['dana', 'Dana'])('is none where the user, %s, enabled it', async (userName) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [SERIAL] });
    await handle(
      pipeline,
      enabled({ type: 'IAMUser', userName, arn: 'arn:aws:iam::111122223333:user/dana' }),
    );
    expect(ofDevices(pipeline)).toEqual([]);
  });
});
