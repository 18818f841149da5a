import { describe, expect, it } from 'vitest';
import { describeError, reasonNotRead } from '../../../functions/commands/errors.ts';
import { UsageError } from '../../../functions/commands/terminal.ts';
import { AccountUnreachable } from '../../../functions/pipeline/accounts/spoke-session.ts';
import { TooSlow } from '../../../functions/pipeline/report/each-account.ts';

/** An error as the SDK, or node, throws it. */
function named(name: string, message = 'The words of AWS.', more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

const coded = (code: string, message = 'the words of node', more: object = {}) =>
  Object.assign(new Error(message), { code, ...more });

const ACCOUNT = '222233334444';
const WORDS = 'The words of AWS';
const DOING = { command: 'iam:GetUser' };

describe('describeError says what went wrong and what to do', () => {
  it.each<[string, unknown, number, string]>([
    ['used wrongly', new UsageError('use it so'), 2, 'use it so'],
    ['a wrong setting', named('BadConfiguration', 'set it so'), 2, 'set it so'],
    ['no organization', named('NotInOrganization', 'is in none'), 2, 'is in none'],
    [
      'no organization, says AWS',
      named('AWSOrganizationsNotInUseException'),
      2,
      'This account is not in an organization. Run the command without --organization.',
    ],
    [
      'no credentials',
      named('CredentialsProviderError', 'Could not load.\nAnd more'),
      3,
      'No AWS credentials: Could not load. Name a profile with --profile or AWS_PROFILE and sign in to it (aws sso login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    ],
    [
      'no credentials of a profile',
      named('TokenProviderError', 'Token is expired.', { profile: 'audit' }),
      3,
      'No AWS credentials from profile audit: Token is expired. Check that the profile exists (aws configure list-profiles) and sign in to it (aws sso login).',
    ],
    ...[
      named('SyntaxError', 'Unexpected token < in JSON at position 0', DOING),
      named('Error', '@aws-sdk XML parse error: mismatched tags <html> and </title>', DOING),
      named('Error', 'x\n  Deserialization error: to see the raw response, inspect …', DOING),
    ].map((error): [string, unknown, number, string] => [
      `an answer in another format: ${error.message}`,
      error,
      3,
      'The answer is not one of AWS (iam:GetUser): another server or a proxy gave it. Check AWS_ENDPOINT_URL and HTTPS_PROXY.',
    ]),
    [
      'expired',
      named('ExpiredToken', 'It is old. Really.', DOING),
      3,
      'AWS rejected the credentials (iam:GetUser): It is old. Really. Sign in again (aws sso login), or check the profile and the system clock.',
    ],
    [
      'denied by Organizations',
      named('AccessDeniedException', WORDS, { command: 'organizations:ListAccounts' }),
      3,
      'AWS denied organizations:ListAccounts. Only the organization’s management account and its delegated administrators may call it. Run the command in the hub’s account; report and plan with its report role (docs/monitoring.md).',
    ],
    [
      'denied, with the action in AWS’s words',
      named('AccessDenied', 'x is not authorized to perform: iam:ListUsers on resource: y', DOING),
      3,
      'AWS denied iam:ListUsers. Grant that permission to the caller. A release has the policies of those who deploy and remove (deployer-policy.json), report (monitor-policy.json) and run doctor (doctor-policy.json). AWS says: x is not authorized to perform: iam:ListUsers on resource: y.',
    ],
    [
      'denied, with the command',
      named('UnauthorizedOperation', WORDS, DOING),
      3,
      `AWS denied iam:GetUser. Grant that permission to the caller. A release has the policies of those who deploy and remove (deployer-policy.json), report (monitor-policy.json) and run doctor (doctor-policy.json). AWS says: ${WORDS}.`,
    ],
    [
      'denied, and no more',
      named('AccessDenied', WORDS),
      3,
      `AWS denied the call. Grant that permission to the caller. A release has the policies of those who deploy and remove (deployer-policy.json), report (monitor-policy.json) and run doctor (doctor-policy.json). AWS says: ${WORDS}.`,
    ],
    [
      'throttled',
      named('SlowDown', WORDS, DOING),
      3,
      'AWS throttled the call (iam:GetUser) after several attempts. Try again in a minute, or with a larger AWS_MAX_ATTEMPTS.',
    ],
    ...['ConcurrentModification', 'EntityTemporarilyUnmodifiableException'].map(
      (name): [string, unknown, number, string] => [
        'refused for the moment',
        named(name, WORDS, DOING),
        1,
        `IAM refused the call (iam:GetUser) after several attempts: ${WORDS} [${name}]. Try again in a few minutes.`,
      ],
    ),
    [
      'a fault',
      named('InternalFailure', '  It broke.  '),
      3,
      'AWS reported an internal error after several attempts: It broke. Try again in a minute.',
    ],
    [
      'a URL that is none, by its code',
      coded('ERR_INVALID_URL'),
      2,
      'AWS_ENDPOINT_URL (or endpoint_url of the profile) is not a URL.',
    ],
    [
      'a URL that is none, by its words',
      new TypeError('Invalid URL'),
      2,
      'AWS_ENDPOINT_URL (or endpoint_url of the profile) is not a URL.',
    ],
    [
      'a Region that is none',
      new Error('Region not accepted: region="x y" is not a valid hostname component.'),
      2,
      'The Region is not valid: Region not accepted: region="x y" is not a valid hostname component. Check --region, AWS_REGION and the profile.',
    ],
    ...['ENOTFOUND', 'EAI_AGAIN'].map((code): [string, unknown, number, string] => [
      code,
      coded(code, 'getaddrinfo x', DOING),
      3,
      'The host was not found (iam:GetUser): getaddrinfo x. Check the network (HTTPS_PROXY, where there is a proxy), and that the Region belongs to this partition (--region or AWS_REGION).',
    ]),
    [
      'a connection that is refused',
      coded('ECONNREFUSED', 'connect x'),
      3,
      'The endpoint refused the connection: connect x. Check AWS_ENDPOINT_URL.',
    ],
    ...[named('TimeoutError', WORDS, DOING), coded('ETIMEDOUT', WORDS, DOING)].map(
      (error): [string, unknown, number, string] => [
        'no answer in time',
        error,
        3,
        'AWS did not answer in time (iam:GetUser) after several attempts. Check the network (HTTPS_PROXY, NO_PROXY, AWS_ENDPOINT_URL) and try again.',
      ],
    ),
    ['anything else', named('OddError', WORDS, DOING), 3, `${WORDS} (iam:GetUser) [OddError]`],
    ['anything else without a name', new Error('odd.\nvery odd'), 3, 'odd'],
    ['no error at all', 'only words', 3, 'only words'],
    [
      'an error of node’s within another',
      new Error('fetch failed', { cause: coded('ECONNREFUSED', 'connect x') }),
      3,
      'The endpoint refused the connection: connect x. Check AWS_ENDPOINT_URL.',
    ],
    [
      'an error of node’s within another, with the command',
      Object.assign(new Error('failed', { cause: coded('ECONNREFUSED', 'connect x') }), DOING),
      3,
      'The endpoint refused the connection (iam:GetUser): connect x. Check AWS_ENDPOINT_URL.',
    ],
    [
      'an error with a code of its own, though another is within',
      coded('ENOTFOUND', 'getaddrinfo x', { cause: coded('ECONNREFUSED') }),
      3,
      'The host was not found: getaddrinfo x. Check the network (HTTPS_PROXY, where there is a proxy), and that the Region belongs to this partition (--region or AWS_REGION).',
    ],
    [
      'an error within another that says no code',
      new Error('the outer', { cause: new Error('the inner') }),
      3,
      'the outer',
    ],
    [
      'one for each address of a host',
      Object.assign(new AggregateError([coded('ECONNREFUSED', 'connect x')], ''), {
        code: 'ECONNREFUSED',
      }),
      3,
      'The endpoint refused the connection: connect x. Check AWS_ENDPOINT_URL.',
    ],
    [
      'an account that cannot be reached',
      new AccountUnreachable(ACCOUNT, 'role-not-assumable', 'no role'),
      3,
      `Account ${ACCOUNT}: no role. Check that its spoke is deployed and that this command runs with the hub’s report role (docs/monitoring.md).`,
    ],
    [
      'an account that cannot be reached, with its cause',
      new AccountUnreachable(ACCOUNT, 'role-not-assumable', 'no role', named('SlowDown')),
      3,
      `Account ${ACCOUNT}: no role. Check that its spoke is deployed and that this command runs with the hub’s report role (docs/monitoring.md).`,
    ],
    [
      'an account that could not be reached for another reason',
      new AccountUnreachable(ACCOUNT, 'other', 'Throttling: x', named('UnknownError', 'why')),
      3,
      'why [UnknownError]',
    ],
    [
      'an account that could not be reached for an unknown reason',
      new AccountUnreachable(ACCOUNT, 'other', 'odd'),
      3,
      `Account ${ACCOUNT}: odd. Check that its spoke is deployed and that this command runs with the hub’s report role (docs/monitoring.md).`,
    ],
  ])('%s', (_, error, status, text) => {
    expect(describeError(error)).toEqual({ status, text });
  });
});

describe('why an account could not be read', () => {
  it.each<[string, unknown, string, string]>([
    [
      'for a time limit',
      new TooSlow('it was not read in time'),
      'too-slow',
      'it was not read in time (--time-limit): it has many users, or IAM throttles it',
    ],
    [
      'for a missing role',
      new AccountUnreachable(ACCOUNT, 'role-not-assumable', 'no role', named('AccessDenied')),
      'role-not-assumable',
      'no role. Check that its spoke is deployed and that this command runs with the hub’s report role',
    ],
    [
      'for a wrong tag of its spoke',
      new AccountUnreachable(ACCOUNT, 'spoke-wrong', 'a wrong tag', named('AccessDenied')),
      'spoke-wrong',
      'a wrong tag',
    ],
    [
      'for the answer of STS',
      new AccountUnreachable(ACCOUNT, 'other', 'x', named('Throttling', WORDS)),
      'throttled',
      'AWS throttled a call after several attempts',
    ],
    ['for an unknown reason', new AccountUnreachable(ACCOUNT, 'other', 'odd'), 'other', 'odd'],
    [
      'for a missing permission',
      named('AccessDenied', WORDS, DOING),
      'denied',
      'AWS denied iam:GetUser. Deploy its spoke again, or look for a policy of the organization that denies the call',
    ],
    [
      'for throttling',
      named('RequestLimitExceeded', WORDS, DOING),
      'throttled',
      'AWS throttled iam:GetUser after several attempts',
    ],
    [
      'for a missing answer',
      named('TimeoutError', WORDS, DOING),
      'no-answer',
      'AWS did not answer iam:GetUser in time after several attempts',
    ],
    ['for anything else', named('OddError', WORDS), 'other', `${WORDS} [OddError]`],
    ['for what is no error', 'only words', 'other', 'only words'],
  ])('%s', (_, error, code, text) => {
    expect(reasonNotRead(error)).toEqual({ code, text });
  });
});
