import { describe, expect, it } from 'vitest';
import { parseMessage, type UserChange } from '../../../../events/message.ts';
import { isOurs, reviewTasks } from '../../../../functions/domain/review/tasks.ts';
import { type EventOptions, iamEvent, sweepRequest } from '../../../fakes/messages.ts';
import { ACCOUNT, POLICY, START, settingsWith } from '../../../fakes/settings.ts';

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

  it('make one review of a user whose name was typed in several cases, with the latest name', () => {
    expect(
      causesOf([
        ...change('CreateUser', { user: 'dana', ago: 9 }),
        ...change('CreateLoginProfile', { user: 'DANA', ago: 1 }),
        ...change('TagUser', { user: 'Dana', ago: 5, parameters: { tags: [] } }),
      ]),
    ).toEqual([['DANA', 'CreateLoginProfile']]);
  });

  it('wait for room since the first of them was refused, if nothing else asks', () => {
    const [first = sweepRequest('dana'), second = ''] = ['12:00:05', '12:00:01'].map((time) =>
      JSON.stringify({
        ...(JSON.parse(sweepRequest('dana')) as object),
        refusedSince: `2026-03-01T${time}Z`,
      }),
    );
    const since = (...bodies: string[]) =>
      reviewTasks(bodies.flatMap(changesOf), settingsWith())[0]?.refusedSince;
    expect(since(first, second)).toEqual(new Date('2026-03-01T12:00:01Z'));
    expect(since(first, sweepRequest('dana'), second)).toBeNull();
    expect(since(sweepRequest('dana'))).toBeNull();
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

  it('are attributed to another caller before the enforcer itself', () => {
    const policyArn = 'P';
    const ownChange = change('DetachUserPolicy', {
      ago: 0,
      parameters: { policyArn },
      identity: ours,
    });
    const lost = change('DeactivateMFADevice', { ago: 3, parameters: { serialNumber: 'S' } });
    expect(causesOf([...lost, ...ownChange])).toEqual([['dana', 'DeactivateMFADevice']]);
    expect(causesOf(ownChange)).toEqual([['dana', 'DetachUserPolicy']]);
  });

  it('of a role whose name only begins like the enforcer’s are another caller’s', () => {
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/OnIamChangeRoleEvil/x`;
    const other = change('DetachUserPolicy', {
      ago: 3,
      parameters: { policyArn: POLICY },
      identity: { type: 'AssumedRole', arn },
    });
    const ownChange = change('AttachUserPolicy', {
      parameters: { policyArn: POLICY },
      identity: ours,
    });
    expect(causesOf([...other, ...ownChange])).toEqual([['dana', 'DetachUserPolicy']]);
  });

  it('make no review of a user to whom another policy was attached', () => {
    const parameters = { policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' };
    const other = change('AttachUserPolicy', { parameters });
    expect(causesOf(other)).toEqual([]);
    expect(causesOf([...other, ...change('CreateUser', { ago: 5 })])).toEqual([
      ['dana', 'CreateUser'],
    ]);
  });

  it('may be a sweep’s request', () => {
    expect(causesOf([...changesOf(sweepRequest('dana'))])).toEqual([['dana', 'sweep']]);
  });
});

const taskOf = (...changes: (readonly UserChange[])[]) =>
  reviewTasks(changes.flat(), settingsWith())[0];
const policy = { parameters: { policyArn: POLICY } };
const ownChange = change('AttachUserPolicy', { ...policy, ago: 2, identity: ours });
const byOther = change('TagUser', { ago: 5, parameters: { tags: [] } });
const asked = changesOf(sweepRequest('dana'));

describe('a review', () => {
  it.each([
    ['events, the latest of them', [byOther, ownChange], new Date(START - 2000)],
    ['events in any order', [ownChange, byOther], new Date(START - 2000)],
    ['an event before a sweep', [byOther, asked], new Date(START - 5000)],
    ['an event after a sweep', [asked, change('CreateUser', { ago: -5 })], new Date(START + 5000)],
    ['a sweep alone, which changed nothing', [asked], null],
  ])('may be stale, counted from %s', (_, changes, changedAt) => {
    expect(taskOf(...changes)?.changedAt).toEqual(changedAt);
  });

  it.each([
    ['the enforcer’s own call', [ownChange], true],
    ['the enforcer’s own call and another’s', [ownChange, byOther], false],
    ['another’s', [byOther], false],
    ['a sweep’s request', [asked], false],
    ['a sweep’s request beside the enforcer’s own call', [asked, ownChange], false],
  ])('is only of our own making, or not: %s', (_, changes, isOwnChange) => {
    expect(taskOf(...changes)?.isOwnChange).toBe(isOwnChange);
  });

  it('is ascribed to a sweep that asked later than others changed anything', () => {
    expect(taskOf(asked, byOther)?.cause.kind).toBe('sweep');
  });

  it('is ascribed to a change that was made later than a sweep asked', () => {
    const later = change('CreateUser', { ago: -5 });
    expect(taskOf(later, asked)?.cause.kind).toBe('event');
  });

  it('is of one account', () => {
    const changes = [...byOther, ...change('CreateUser', { account: '222233334444' })];
    expect(reviewTasks(changes, settingsWith()).map(({ account }) => account)).toEqual([
      ACCOUNT,
      '222233334444',
    ]);
  });

  it('has its changes oldest first', () => {
    expect(taskOf(asked, ownChange, byOther)?.changes).toEqual([
      ...byOther,
      ...ownChange,
      ...asked,
    ]);
  });
});

it.each([
  ['a session of the enforcer’s role', 'AssumedRole', 'OnIamChangeRole/on-iam-change', true],
  ['its role, named in another case', 'AssumedRole', 'oniamchangerole/on-iam-change', true],
  ['a role whose name ends like it', 'AssumedRole', 'NoOnIamChangeRole/x', false],
  ['a session that is named like it', 'AssumedRole', 'SecurityAdmin/OnIamChangeRole', false],
  ['a federated user with that name', 'FederatedUser', 'OnIamChangeRole/x', false],
])('the enforcer is recognised by its role: %s', (_, type, name, is) => {
  const cause = { kind: 'event', eventId: 'e', eventName: 'TagUser', eventTime: '' } as const;
  expect(isOurs({ ...cause, actor: { type, name } }, 'OnIamChangeRole')).toBe(is);
});
