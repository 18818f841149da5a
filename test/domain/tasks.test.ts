import { describe, expect, it } from 'vitest';
import { parseMessage, type UserChange } from '../../events/message.ts';
import { reviewTasks } from '../../functions/domain/tasks.ts';
import { type EventOptions, iamEvent, sweepRequest } from '../fakes/messages.ts';
import { ACCOUNT, settingsWith } from '../fakes/settings.ts';

function changesOf(body: string): readonly UserChange[] {
  const parsed = parseMessage(body);
  return parsed.kind === 'changes' ? parsed.changes : [];
}

const change = (eventName: string, options: EventOptions = {}) =>
  changesOf(iamEvent(eventName, options));
const ours = {
  type: 'AssumedRole',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/OnIamChangeRole/on-iam-change`,
};

function causesOf(changes: readonly UserChange[]) {
  return reviewTasks(changes, settingsWith()).map(({ user, cause }) => [
    user,
    cause.kind === 'event' ? cause.eventName : cause.kind,
  ]);
}

describe('the changes of a batch', () => {
  it('make one review a user, ascribed to the latest change', () => {
    expect(
      causesOf([
        ...change('CreateLoginProfile', { user: 'dana', ago: 1 }),
        ...change('CreateUser', { user: 'erin', ago: 5 }),
        ...change('CreateUser', { user: 'dana', ago: 9 }),
      ]),
    ).toEqual([
      ['dana', 'CreateLoginProfile'],
      ['erin', 'CreateUser'],
    ]);
  });

  it('are joined in the order of their event times, not of their arrival', () => {
    const [task] = reviewTasks(
      [
        ...change('EnableMFADevice', { ago: 1, parameters: { serialNumber: 'S' } }),
        ...change('DeactivateMFADevice', { ago: 2, parameters: { serialNumber: 'S' } }),
      ],
      settingsWith(),
    );
    expect(task?.expects.devices).toEqual({ S: true });
  });

  it('are ascribed to somebody else before the enforcer itself', () => {
    const policyArn = 'P';
    const echo = change('DetachUserPolicy', { ago: 0, parameters: { policyArn }, identity: ours });
    const lost = change('DeactivateMFADevice', { ago: 3, parameters: { serialNumber: 'S' } });
    expect(causesOf([...lost, ...echo])).toEqual([['dana', 'DeactivateMFADevice']]);
    expect(causesOf(echo)).toEqual([['dana', 'DetachUserPolicy']]);
  });

  it('of a role whose name only begins like the enforcer’s are somebody else’s', () => {
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/OnIamChangeRoleEvil/x`;
    const other = change('DetachUserPolicy', {
      ago: 3,
      parameters: { policyArn: 'P' },
      identity: { type: 'AssumedRole', arn },
    });
    const echo = change('AttachUserPolicy', { parameters: { policyArn: 'P' }, identity: ours });
    expect(causesOf([...other, ...echo])).toEqual([['dana', 'DetachUserPolicy']]);
  });

  it('may be a sweep’s request', () => {
    expect(causesOf([...changesOf(sweepRequest('dana'))])).toEqual([['dana', 'sweep']]);
  });
});
