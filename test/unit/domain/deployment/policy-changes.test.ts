import { describe, expect, it } from 'vitest';
import {
  allowedActions,
  describeChanges,
  isAllowed,
  policyChanges,
} from '../../../../functions/domain/deployment/policy-changes.ts';

describe('a policy beside the deployed one', () => {
  const read = { Sid: 'Read', Effect: 'Allow', Action: ['a:B', 'a:C'], Resource: '*' };
  const write = { Sid: 'Write', Effect: 'Allow', Action: 'a:D', Resource: '*' };
  const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

  it.each([
    ['the same', policy(write, read)],
    ['the same in another order', policy({ ...read, Action: ['a:C', 'a:B'] }, write)],
    ['the same with a list of one', policy(read, { ...write, Action: ['a:D'] })],
  ])('is %s', (_, found) => {
    expect(policyChanges(found, policy(read, write))).toBeNull();
  });

  it.each([
    ['lacks the statement Write', policy(read)],
    ['has the changed statement Read', policy({ ...read, Resource: 'x' }, write)],
    ['has the additional statement Extra', policy(read, write, { ...write, Sid: 'Extra' })],
    [
      'lacks the statements Read, Write; has the additional statement number 1',
      policy({ Effect: 'Deny', Action: '*' }),
    ],
    ['lacks the statements Read, Write', null],
    [
      'lacks the statement Read; has the changed statement Write',
      policy({ ...write, Resource: 'x' }),
    ],
    [
      'lacks the statement Read; has the additional statement Extra',
      policy(write, { ...read, Sid: 'Extra' }),
    ],
    [
      'has the changed statement Write; has the additional statement Extra',
      policy(read, { ...write, Resource: 'x' }, { Sid: 'Extra' }),
    ],
    [
      'has the changed statements Read, Write; has the additional statements Extra, More',
      policy(
        { ...read, Resource: 'x' },
        { ...write, Resource: null },
        { Sid: 'Extra' },
        { Sid: 'More' },
      ),
    ],
  ])('%s', (words, found) => {
    const changes = policyChanges(found, policy(read, write));
    expect(changes && describeChanges(changes)).toBe(words);
  });

  it.each([
    ['iam:GetUser', ['iam:GetUser'], true],
    ['iam:GetUser', ['iam:getuser'], true],
    ['iam:GetUser', ['iam:Get*'], true],
    ['iam:GetUser', ['*'], true],
    ['iam:GetUser', ['iam:GetUse?'], true],
    ['iam:GetUser', ['iam:GetUserPolicy', 'iam:ListUsers'], false],
    ['iam:GetUser', [], false],
    // All other characters of a pattern are literal.
    ['a:B.c(d)', ['a:B.c(d)'], true],
    ['a:BxC', ['a:B.C'], false],
  ])('allows %s by %j: %s', (action, allowed, is) => {
    expect(isAllowed(action, allowed)).toBe(is);
  });
});

describe('the actions that a policy allows', () => {
  it.each([
    ['one', { Statement: { Effect: 'Allow', Action: 'a:B' } }, ['a:B']],
    ['several', { Statement: [{ Effect: 'Allow', Action: ['a:B', 'a:*'] }] }, ['a:B', 'a:*']],
    [
      'those of every statement',
      {
        Statement: [
          { Effect: 'Allow', Action: 'a:B' },
          { Effect: 'Allow', Action: 'a:C' },
        ],
      },
      ['a:B', 'a:C'],
    ],
    ['not what it denies', { Statement: [{ Effect: 'Deny', Action: 'a:B' }] }, []],
    ['none, where it names none', { Statement: [{ Effect: 'Allow', NotAction: 'a:B' }] }, []],
    ['none, without statements', {}, []],
    ['none, without a policy', null, []],
  ])('are %s', (_, document, actions) => {
    expect(allowedActions(document)).toEqual(actions);
  });
});
