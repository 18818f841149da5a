import { describe, expect, it } from 'vitest';
import { Deadline } from '../../../../functions/pipeline/review/deadline.ts';
import { enforcerOf } from '../../../../functions/pipeline/review/enforcer.ts';
import { POLICY, testPipeline } from '../../../fakes/pipeline.ts';

describe('in observe mode', () => {
  const time = new Deadline(() => new Date());
  const watching = () => {
    const pipeline = testPipeline({ mode: 'observe' });
    const { iam, settings, stateStore, now, log } = pipeline;
    return {
      pipeline,
      enforcer: enforcerOf(iam, settings, stateStore, now, log),
    };
  };

  it('a block would be by the policy, and an unblock from what blocks', async () => {
    const { enforcer } = watching();
    const reservation = await enforcer.reserve('dana', null);
    expect(
      reservation.kind === 'reserved' && (await reservation.block({ user: 'dana' }, time, 0)),
    ).toEqual({
      kind: 'blocked',
      method: 'managed-policy',
    });
    const attachments = { methods: ['boundary'], policies: [] } as never;
    expect(await enforcer.unblock({ user: 'dana', attachments }, false, time)).toEqual({
      kind: 'unblocked',
      methods: ['boundary'],
    });
    expect(await enforcer.unblock({ user: 'dana' }, false, time)).toEqual({
      kind: 'unblocked',
      methods: [],
    });
  });

  it('no user could be blocked without the policy', async () => {
    const { pipeline, enforcer } = watching();
    delete pipeline.iam.managed[POLICY];
    expect(await enforcer.reserve('dana', null)).toEqual({
      kind: 'could-not',
      why: { code: 'no-policy', text: `the policy ${POLICY} does not exist` },
    });
  });
});
