import { describe, expect, it } from 'vitest';
import {
  iamErrors,
  mayBeDone,
  treatmentOf,
} from '../../../../functions/domain/review/iam-errors.ts';

const named = (name: string) => Object.assign(new Error('x'), { name });

/** The table as it was decided: code, retries within the call, the message comes again within seconds. */
const table = [
  ['ConcurrentModification', 'TRANSIENT', true],
  ['EntityTemporarilyUnmodifiable', 'TRANSIENT', true],
  ['LimitExceeded', 'CLIENT_ERROR', false],
  ['Throttling', 'THROTTLING', false],
  ['ServiceFailure', 'TRANSIENT', false],
  ['InternalFailure', 'TRANSIENT', false],
  ['ServiceUnavailable', 'TRANSIENT', false],
  ['RequestTimeout', 'TRANSIENT', false],
] as const;

describe('the treatment of an IAM error', () => {
  it.each(table)('%s is retried as %s, and comes again: %s', (code, retry, comesAgain) => {
    expect(treatmentOf(named(code))).toMatchObject({ retry, comesAgain });
    expect(treatmentOf(named(`${code}Exception`))).toBe(treatmentOf(named(code)));
    expect(treatmentOf(named(code))?.source).toMatch(/^IAM API Reference, \w/);
  });

  it('is in the table for these errors, and no others', () => {
    expect(Object.keys(iamErrors)).toEqual(table.map(([code]) => code));
  });

  it.each([
    ['another error', named('NoSuchEntityException')],
    ['a name that every object has', named('constructor')],
    ['an error whose name only contains one', named('ThrottlingExceptionOfOurs')],
    ['an error whose name begins otherwise', named('ExceptionThrottling')],
    ['no error', 'Throttling'],
    ['nothing', undefined],
  ])('is not known for %s', (_, error) => {
    expect(treatmentOf(error)).toBeUndefined();
  });
});

describe('a call that ended with an error', () => {
  const refusals = [
    'AccessDenied',
    'ConcurrentModification',
    'EntityTemporarilyUnmodifiable',
    'LimitExceeded',
    'NoSuchEntity',
    'PolicyNotAttachable',
    'Throttling',
    'UnmodifiableEntity',
  ];

  it.each(refusals)('was not done where IAM answered %s', (code) => {
    expect(mayBeDone(named(code))).toBe(false);
    expect(mayBeDone(named(`${code}Exception`))).toBe(false);
  });

  it.each(refusals)('may be done where the answer of an attempt before %s was lost', (code) => {
    expect(mayBeDone(Object.assign(named(code), { lostAnswer: true }))).toBe(true);
  });

  it.each([
    ['of the server', named('ServiceFailure')],
    ['of the network', named('TimeoutError')],
    ['whose name only contains one', named('ThrottlingExceptionOfOurs')],
    ['that is none', 'Throttling'],
  ])('may be done after an error %s', (_, error) => {
    expect(mayBeDone(error)).toBe(true);
  });
});
