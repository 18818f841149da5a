import { describe, expect, it } from 'vitest';
import { recordsWrites } from '../../functions/domain/event-selectors.ts';
import { changesInWords, isAllowed, policyChanges } from '../../functions/domain/policy-changes.ts';

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
  ])('has %s', (words, found) => {
    const changes = policyChanges(found, policy(read, write));
    expect(changes && changesInWords(changes)).toBe(words);
  });

  it.each([
    ['iam:GetUser', ['iam:GetUser'], true],
    ['iam:GetUser', ['iam:getuser'], true],
    ['iam:GetUser', ['iam:Get*'], true],
    ['iam:GetUser', ['*'], true],
    ['iam:GetUser', ['iam:GetUse?'], true],
    ['iam:GetUser', ['iam:GetUserPolicy', 'iam:ListUsers'], false],
    ['iam:GetUser', [], false],
  ])('allows %s by %j: %s', (action, allowed, is) => {
    expect(isAllowed(action, allowed)).toBe(is);
  });
});
