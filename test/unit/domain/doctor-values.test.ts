import { describe, expect, it } from 'vitest';
import { recordsWrites } from '../../../functions/domain/deployment/event-selectors.ts';
import {
  allowedActions,
  describeChanges,
  isAllowed,
  policyChanges,
} from '../../../functions/domain/deployment/policy-changes.ts';

type Fields = { Field: string; Equals?: string[]; NotEquals?: string[]; StartsWith?: string[] }[];
const management: Fields[number] = { Field: 'eventCategory', Equals: ['Management'] };
const advanced = (...FieldSelectors: Fields) => ({ basic: [], advanced: [{ FieldSelectors }] });
const basic = (selector: object) => ({ basic: [selector], advanced: [] });

describe('a trail records IAM’s writes', () => {
  it.each([
    [
      'with basic selectors for all',
      basic({ ReadWriteType: 'All', IncludeManagementEvents: true }),
    ],
    ['with basic selectors for writes', basic({ ReadWriteType: 'WriteOnly' })],
    ['with basic selectors by default', basic({})],
    ['with an advanced selector', advanced(management)],
    ['with one for writes', advanced(management, { Field: 'readOnly', Equals: ['false'] })],
    [
      'with one that leaves KMS out',
      advanced(management, { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] }),
    ],
    [
      'with one for IAM alone',
      advanced(management, { Field: 'eventSource', Equals: ['iam.amazonaws.com'] }),
    ],
    [
      'with one for services that begin like IAM, or like another',
      advanced(management, { Field: 'eventSource', StartsWith: ['s3.', 'iam.'] }),
    ],
    [
      'with one for IAM, or for services that begin like another',
      advanced(management, {
        Field: 'eventSource',
        Equals: ['iam.amazonaws.com'],
        StartsWith: ['s3.'],
      }),
    ],
    [
      'with one of several selectors',
      { basic: [], advanced: [{}, { FieldSelectors: [management] }] },
    ],
  ])('%s', (_, selectors) => {
    expect(recordsWrites(selectors)).toBe(true);
  });

  it.each([
    ['without selectors', { basic: [], advanced: [] }],
    ['where it records reads', basic({ ReadWriteType: 'ReadOnly' })],
    ['where it records data events', basic({ IncludeManagementEvents: false })],
    [
      'where it records data events, in new words',
      advanced({ Field: 'eventCategory', Equals: ['Data'] }),
    ],
    [
      'where it records data events but for some, in new words',
      advanced(
        { Field: 'eventCategory', Equals: ['Data'] },
        { Field: 'eventSource', NotEquals: ['s3.amazonaws.com'] },
      ),
    ],
    ['where a selector says nothing', { basic: [], advanced: [{}] }],
    [
      'where it records services that end like IAM',
      advanced(management, { Field: 'eventSource', StartsWith: ['.amazonaws.com'] }),
    ],
    [
      'where it records reads, in new words',
      advanced(management, { Field: 'readOnly', Equals: ['true'] }),
    ],
    [
      'where it records another service',
      advanced(management, { Field: 'eventSource', StartsWith: ['s3.'] }),
    ],
    [
      'where it leaves IAM out',
      advanced(management, { Field: 'eventSource', NotEquals: ['iam.amazonaws.com'] }),
    ],
  ])('not %s', (_, selectors) => {
    expect(recordsWrites(selectors)).toBe(false);
  });
});

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
    ['lost Write', policy(read)],
    ['changed in Read', policy({ ...read, Resource: 'x' }, write)],
    ['gained Extra', policy(read, write, { ...write, Sid: 'Extra' })],
    ['lost Read, Write; gained statement 1', policy({ Effect: 'Deny', Action: '*' })],
    ['lost Read, Write', null],
    ['lost Read; changed in Write', policy({ ...write, Resource: 'x' })],
    ['lost Read; gained Extra', policy(write, { ...read, Sid: 'Extra' })],
    ['changed in Write; gained Extra', policy(read, { ...write, Resource: 'x' }, { Sid: 'Extra' })],
    [
      'changed in Read, Write; gained Extra, More',
      policy(
        { ...read, Resource: 'x' },
        { ...write, Resource: null },
        { Sid: 'Extra' },
        { Sid: 'More' },
      ),
    ],
  ])('has %s', (words, found) => {
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
    // Nothing else of a pattern has a meaning.
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
