import { describe, expect, it } from 'vitest';
import { Cause, causeId, isByCloudFormation, isCreation, isNaming } from '../../../events/cause.ts';
import { blocked, bySweep } from '../../fakes/outcomes.ts';

describe('an id', () => {
  it('of a cause is the event’s, or the sweep’s', () => {
    expect([causeId(blocked().cause), causeId(bySweep('s1'))]).toEqual(['e1', 's1']);
  });
});

describe('a cause', () => {
  it.each([
    ['an event of it', { ...blocked().cause, eventName: 'CreateUser' }, true],
    ['another event', blocked().cause, false],
    ['a sweep', bySweep(), false],
  ])('is a user’s creation, or not: %s', (_, cause, is) => {
    expect(isCreation(cause)).toBe(is);
  });

  it.each([
    ['a creation', { ...blocked().cause, eventName: 'CreateUser' }, true],
    ['a rename', { ...blocked().cause, eventName: 'UpdateUser' }, true],
    ['another event', blocked().cause, false],
    ['a sweep', bySweep(), false],
  ])('gives a user a name, or not: %s', (_, cause, is) => {
    expect(isNaming(cause)).toBe(is);
  });
});

describe('a call that CloudFormation made', () => {
  const by = (sourceIp?: string) =>
    Cause.parse({ ...blocked().cause, actor: { type: 'AssumedRole', name: 'a/b', sourceIp } });

  it.each([
    ['CloudFormation’s name as its source', by('cloudformation.amazonaws.com'), true],
    ['another source', by('cloudformation.amazonaws.com.example'), false],
    ['no source', by(), false],
    ['no event', bySweep(), false],
  ])('is recognised by %s', (_, cause, is) => {
    expect(isByCloudFormation(cause)).toBe(is);
  });
});
