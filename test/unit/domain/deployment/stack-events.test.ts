import { describe, expect, it } from 'vitest';
import {
  endOf,
  firstFailure,
  isCancelled,
  leftBehind,
  type StackEvent,
} from '../../../../functions/domain/deployment/stack-events.ts';

const event = (resource: string, status: string, reason: string | null = null): StackEvent => ({
  id: `${resource}-${status}`,
  at: new Date('2026-03-01T12:00:00Z'),
  resource,
  physicalId: `${resource}-1`,
  type: `AWS::Test::${resource}`,
  status,
  reason,
  ofStack: resource === 'stack',
});

describe('an operation on a stack', () => {
  const cases: readonly [statuses: readonly string[], wanted: string, end: string | null][] = [
    [[], 'CREATE_COMPLETE', null],
    [['CREATE_IN_PROGRESS'], 'CREATE_COMPLETE', null],
    [['CREATE_IN_PROGRESS', 'CREATE_COMPLETE'], 'CREATE_COMPLETE', 'CREATE_COMPLETE'],
    [['UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'], 'UPDATE_COMPLETE', null],
    [
      ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_COMPLETE'],
      'UPDATE_COMPLETE',
      'UPDATE_COMPLETE',
    ],
    [['UPDATE_ROLLBACK_IN_PROGRESS'], 'UPDATE_COMPLETE', null],
    [['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'], 'UPDATE_COMPLETE', null],
    [['UPDATE_ROLLBACK_COMPLETE'], 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'],
    [['UPDATE_ROLLBACK_FAILED'], 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_FAILED'],
    [['ROLLBACK_IN_PROGRESS', 'ROLLBACK_COMPLETE'], 'CREATE_COMPLETE', 'ROLLBACK_COMPLETE'],
    [['DELETE_IN_PROGRESS'], 'CREATE_COMPLETE', null],
    // A new stack that fails is deleted.
    [['DELETE_COMPLETE'], 'CREATE_COMPLETE', 'DELETE_COMPLETE'],
    [['DELETE_COMPLETE'], 'DELETE_COMPLETE', 'DELETE_COMPLETE'],
    [['DELETE_FAILED'], 'DELETE_COMPLETE', 'DELETE_FAILED'],
    // The state in which the stack stays is the last one.
    [['CREATE_FAILED', 'ROLLBACK_COMPLETE'], 'CREATE_COMPLETE', 'ROLLBACK_COMPLETE'],
  ];
  it.each(cases)('with the events %j and the wanted %s is at its end: %s', (all, wanted, end) => {
    expect(
      endOf(
        all.map((status) => event('stack', status)),
        wanted,
      ),
    ).toBe(end);
  });

  it('does not end with an event of a resource', () => {
    expect(endOf([event('Queue', 'CREATE_COMPLETE')], 'CREATE_COMPLETE')).toBeNull();
    expect(endOf([event('Queue', 'CREATE_FAILED')], 'CREATE_COMPLETE')).toBeNull();
  });
});

describe('the first cause of a failure', () => {
  it('is the first resource that failed, not what was cancelled or rolled back after it', () => {
    const found = firstFailure([
      event('stack', 'UPDATE_IN_PROGRESS', 'User Initiated'),
      event('Alarm', 'CREATE_FAILED', 'Resource creation cancelled'),
      event('Rule', 'UPDATE_FAILED', 'Resource update cancelled'),
      event('Queue', 'CREATE_FAILED', 'The queue name is too long'),
      event('Topic', 'CREATE_FAILED', 'Another reason'),
      event('stack', 'UPDATE_ROLLBACK_IN_PROGRESS', 'The following resource(s) failed'),
    ]);
    expect(found).toEqual({
      resource: 'Queue',
      type: 'AWS::Test::Queue',
      reason: 'The queue name is too long',
      fix: null,
    });
  });

  it('is the stack’s own where no resource has one', () => {
    const failed = [
      event('Queue', 'DELETE_FAILED', 'Resource deletion cancelled'),
      event('stack', 'DELETE_FAILED', 'Template error'),
    ];
    expect(firstFailure(failed.slice(1))).toMatchObject({ resource: 'stack' });
    expect(firstFailure(failed)).toMatchObject({ reason: 'Resource deletion cancelled' });
  });

  it('is a resource’s rather than the stack’s', () => {
    const failed = [event('stack', 'DELETE_FAILED', 'a'), event('Queue', 'DELETE_FAILED', 'b')];
    expect(firstFailure(failed)).toMatchObject({ resource: 'Queue' });
  });

  it('is named where CloudFormation gives no reason', () => {
    expect(firstFailure([event('Queue', 'CREATE_FAILED')])).toMatchObject({
      reason: 'CloudFormation gave no reason',
    });
  });

  it('is a resource without a reason rather than a later one', () => {
    const failed = [event('Queue', 'CREATE_FAILED'), event('Topic', 'CREATE_FAILED', 'a reason')];
    expect(firstFailure(failed)).toMatchObject({ resource: 'Queue' });
  });

  it('is none where nothing failed', () => {
    expect(firstFailure([event('Queue', 'CREATE_COMPLETE')])).toBeNull();
  });

  const fixes: readonly [reason: string, fix: string][] = [
    [
      'User: arn is not authorized to perform: lambda:CreateFunction',
      'Grant the missing permission',
    ],
    ['AccessDenied. User doesn’t have permission', 'Grant the missing permission'],
    ['ForceMFA already exists in stack x', 'Choose another name'],
    ['Cannot delete a policy attached to entities', 'Users are still blocked by it'],
    ['DeleteConflict', 'Users are still blocked by it'],
    ['must remove users from group first', 'Users are still blocked by it'],
    ['must detach all policies first', 'Users are still blocked by it'],
    ['Cannot delete entity, it has subordinate entities', 'Users are still blocked by it'],
    ['LimitExceeded: roles', 'A quota of the account is used up'],
    ['Limit Exceeded', 'A quota of the account is used up'],
    ['the quota is 10', 'A quota of the account is used up'],
    ['Too many queues', 'A quota of the account is used up'],
    [
      'is not authorized to perform: iam:CreateRole with an explicit deny in a service control policy',
      'A policy denies the call',
    ],
    ['explicit deny', 'A policy denies the call'],
  ];
  it.each(fixes)('%s is fixed: %s', (reason, fix) => {
    expect(firstFailure([event('X', 'CREATE_FAILED', reason)])?.fix).toContain(fix);
  });
});

it.each([
  ['Resource creation cancelled', true],
  ['Resource update cancelled', true],
  ['Resource deletion cancelled', true],
  ['The queue name is too long', false],
  [null, false],
])('the reason %j is a cancellation: %s', (reason, is) => {
  expect(isCancelled({ reason })).toBe(is);
});

it('a deletion leaves what it has skipped, if it was ever created', () => {
  const events = [
    event('Queue', 'DELETE_COMPLETE'),
    event('Table', 'DELETE_SKIPPED'),
    { ...event('Bus', 'DELETE_SKIPPED'), physicalId: '' },
  ];
  expect(leftBehind(events)).toEqual(['Table-1']);
});
