import { expect, it } from 'vitest';
import { answerOfRefusal } from '../../../../functions/domain/prove/call-answer.ts';

const denied =
  'User: arn:aws:iam::111122223333:user/x is not authorized to perform: iam:ListAccessKeys on resource: user x';

// AWS's messages: IAM User Guide, "Troubleshoot access denied error messages".
const cases = [
  ['AccessDenied', `${denied} with an explicit deny in an identity-based policy`, 'explicit-deny'],
  [
    'AccessDeniedException',
    `${denied} with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/ForceMFA`,
    'explicit-deny',
  ],
  ['AccessDenied', `${denied} with an explicit deny in a permissions boundary`, 'explicit-deny'],
  [
    'AccessDenied',
    `${denied} with an explicit deny in a service control policy`,
    'denied-elsewhere',
  ],
  [
    'AccessDenied',
    `${denied} with an explicit deny in a resource control policy`,
    'denied-elsewhere',
  ],
  ['AccessDenied', `${denied} with an explicit deny in a session policy`, 'denied-elsewhere'],
  // A resource-based policy whose name has the words of another kind.
  [
    'AccessDenied',
    `${denied} with an explicit deny in a resource-based identity-based policy`,
    'denied-elsewhere',
  ],
  [
    'AccessDenied',
    `${denied} because no identity-based policy allows the iam:ListAccessKeys action`,
    'not-allowed',
  ],
  ['AccessDenied', 'Access denied', 'not-allowed'],
  [
    'AccessDenied',
    'MultiFactorAuthentication failed with invalid MFA one time pass code.',
    'wrong-code',
  ],
  ['AccessDenied', 'MultiFactorAuthentication failed, unable to validate MFA code.', 'wrong-code'],
  [
    'InvalidClientTokenId',
    'The security token included in the request is invalid.',
    'unknown-credentials',
  ],
  [
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
    'unknown-credentials',
  ],
  [
    'InvalidAccessKeyId',
    'The AWS access key Id you provided does not exist',
    'unknown-credentials',
  ],
  ['InvalidClientTokenId', 'MultiFactorAuthentication failed', 'unknown-credentials'],
  ['Throttling', 'Rate exceeded', 'other'],
  ['ValidationError', 'MultiFactorAuthentication failed', 'other'],
  ['NotInvalidClientTokenId', 'x', 'other'],
  ['InvalidClientTokenIdOfX', 'x', 'other'],
  ['AccessDeniedOfX', 'an explicit deny in an identity-based policy', 'other'],
  ['MyExceptionAccessDenied', 'an explicit deny in an identity-based policy', 'other'],
] as const;

it.each(cases)('%s, "%s" shows %s', (name, message, answer) => {
  expect(answerOfRefusal(Object.assign(new Error(message), { name }))).toBe(answer);
});
