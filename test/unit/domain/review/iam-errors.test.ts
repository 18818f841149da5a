import { describe, expect, it } from 'vitest';
import { iamErrors, treatmentOf } from '../../../../functions/domain/review/iam-errors.ts';

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
