import { IAMServiceException } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../../../functions/pipeline/review/enforcement-result.ts';

describe('IAM refuses for good', () => {
  const error = (name: string, message: string) =>
    new IAMServiceException({ name, message, $fault: 'client', $metadata: {} });
  const denied =
    'the permission is missing, the user has the break-glass tag, or an SCP denies the call';

  it.each([
    [
      error('AccessDenied', 'x is not authorized to perform: iam:AttachUserPolicy on resource: y'),
      { code: 'AccessDenied', text: `AWS denied iam:AttachUserPolicy: ${denied}` },
    ],
    [
      error('AccessDeniedException', 'no'),
      { code: 'AccessDeniedException', text: `AWS denied it: ${denied}` },
    ],
    [
      error('UnmodifiableEntityException', 'no'),
      { code: 'UnmodifiableEntityException', text: 'AWS does not allow changes to this user' },
    ],
    [
      error('PolicyNotAttachableException', 'no'),
      { code: 'PolicyNotAttachableException', text: 'AWS does not allow attaching ForceMFA' },
    ],
    [error('Throttling', 'no'), null],
    [error('toString', 'no'), null],
    [Object.assign(error('AccessDenied', 'no'), { lostAnswer: true }), null],
    [Object.assign(new Error('no'), { name: 'AccessDenied' }), null],
  ])('or not: %s', (thrown, refusal) => {
    expect(refusalOf(thrown)).toEqual(refusal);
  });
});
