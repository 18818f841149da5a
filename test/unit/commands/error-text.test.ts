import { describe, expect, it } from 'vitest';
import { describeError, reasonNotRead } from '../../../functions/commands/errors.ts';
import { UsageError } from '../../../functions/commands/terminal.ts';
import { AccountUnreachable } from '../../../functions/pipeline/accounts/account-unreachable.ts';
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

describe('what went wrong is said in words that say what to do', () => {
  it.each<[string, unknown, number, string]>([
    ['used wrongly', new UsageError('use it so'), 2, 'use it so'],
    ['a wrong setting', named('BadConfiguration', 'set it so'), 2, 'set it so'],
    ['no organization', named('NotInOrganization', 'is in none'), 2, 'is in none'],
    [
      'no organization, says AWS',
      named('AWSOrganizationsNotInUseException'),
      2,
      'This account is in no organization: leave out --organization.',
    ],
    [
      'no credentials',
      named('CredentialsProviderError', 'Could not load.\nAnd more'),
      3,
      'No AWS credentials: Could not load. Name a profile with --profile or AWS_PROFILE, and sign in to it (aws sso login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    ],
    [
      'no credentials of a profile',
      named('TokenProviderError', 'Token is expired.', { profile: 'audit' }),
      3,
      'No AWS credentials from the profile audit: Token is expired. Is there such a profile (aws configure list-profiles), and are you signed in to it (aws sso login)?',
    ],
    [
      'expired',
      named('ExpiredToken', 'It is old. Really.', DOING),
      3,
      'AWS does not take these credentials (iam:GetUser): It is old. Really. Sign in again (aws sso login), or check the profile and the clock.',
    ],
    [
      'denied by Organizations',
      named('AccessDeniedException', WORDS, { command: 'organizations:ListAccounts' }),
      3,
      'AWS denies organizations:ListAccounts. Only the organization’s management account and its delegated administrators may ask: run it as the hub’s report role (docs/monitoring.md).',
    ],
    [
      'denied, with the action in AWS’s words',
      named('AccessDenied', 'x is not authorized to perform: iam:ListUsers on resource: y', DOING),
      3,
      'AWS denies iam:ListUsers. Whoever runs this needs that permission (infra/monitor-policy.json has what report reads, infra/doctor-policy.json what doctor does). AWS says: x is not authorized to perform: iam:ListUsers on resource: y.',
    ],
    [
      'denied, with the command',
      named('UnauthorizedOperation', WORDS, DOING),
      3,
      `AWS denies iam:GetUser. Whoever runs this needs that permission (infra/monitor-policy.json has what report reads, infra/doctor-policy.json what doctor does). AWS says: ${WORDS}.`,
    ],
    [
      'denied, and no more',
      named('AccessDenied', WORDS),
      3,
      `AWS denies the call. Whoever runs this needs that permission (infra/monitor-policy.json has what report reads, infra/doctor-policy.json what doctor does). AWS says: ${WORDS}.`,
    ],
    [
      'throttled',
      named('SlowDown', WORDS, DOING),
      3,
      'AWS throttles (iam:GetUser), also after several tries. Nothing was concluded from it: try again in a minute, or with a larger AWS_MAX_ATTEMPTS.',
    ],
    ...['ConcurrentModification', 'EntityTemporarilyUnmodifiableException'].map(
      (name): [string, unknown, number, string] => [
        'refused for the moment',
        named(name, WORDS, DOING),
        1,
        `IAM refuses this for the moment (iam:GetUser), also after several tries: ${WORDS} [${name}]. Try again in a few minutes.`,
      ],
    ),
    [
      'a fault',
      named('InternalFailure', '  It broke.  '),
      3,
      'AWS has a fault of its own, also after several tries: It broke. Try again in a minute.',
    ],
    [
      'a URL that is none, by its code',
      coded('ERR_INVALID_URL'),
      2,
      'AWS_ENDPOINT_URL (or endpoint_url of the profile) is no URL.',
    ],
    [
      'a URL that is none, by its words',
      new TypeError('Invalid URL'),
      2,
      'AWS_ENDPOINT_URL (or endpoint_url of the profile) is no URL.',
    ],
    [
      'a Region that is none',
      new Error('Region not accepted: region="x y" is not a valid hostname component.'),
      2,
      'That is no Region: Region not accepted: region="x y" is not a valid hostname component. Check --region, AWS_REGION and the profile.',
    ],
    ...['ENOTFOUND', 'EAI_AGAIN'].map((code): [string, unknown, number, string] => [
      code,
      coded(code, 'getaddrinfo x', DOING),
      3,
      'No such host (iam:GetUser): getaddrinfo x. Is the network up, and is the Region one of this partition (--region or AWS_REGION)?',
    ]),
    [
      'a connection that is refused',
      coded('ECONNREFUSED', 'connect x'),
      3,
      'Nothing answers: connect x. Check AWS_ENDPOINT_URL.',
    ],
    ...[named('TimeoutError', WORDS, DOING), coded('ETIMEDOUT', WORDS, DOING)].map(
      (error): [string, unknown, number, string] => [
        'no answer in time',
        error,
        3,
        'AWS does not answer in time (iam:GetUser), also after several tries. Check the network (a proxy, AWS_ENDPOINT_URL), and try again.',
      ],
    ),
    ['anything else', named('OddError', WORDS, DOING), 3, `${WORDS} (iam:GetUser) [OddError]`],
    ['anything else without a name', new Error('odd.\nvery odd'), 3, 'odd'],
    ['no error at all', 'only words', 3, 'only words'],
    [
      'an error of node’s within another',
      new Error('fetch failed', { cause: coded('ECONNREFUSED', 'connect x') }),
      3,
      'Nothing answers: connect x. Check AWS_ENDPOINT_URL.',
    ],
    [
      'an error of node’s within another, with the command',
      Object.assign(new Error('failed', { cause: coded('ECONNREFUSED', 'connect x') }), DOING),
      3,
      'Nothing answers (iam:GetUser): connect x. Check AWS_ENDPOINT_URL.',
    ],
    [
      'an error with a code of its own, though another is within',
      coded('ENOTFOUND', 'getaddrinfo x', { cause: coded('ECONNREFUSED') }),
      3,
      'No such host: getaddrinfo x. Is the network up, and is the Region one of this partition (--region or AWS_REGION)?',
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
      'Nothing answers: connect x. Check AWS_ENDPOINT_URL.',
    ],
    [
      'an account that cannot be reached',
      new AccountUnreachable(ACCOUNT, 'role-not-assumable', 'no role'),
      3,
      `Account ${ACCOUNT}: no role. Is its spoke deployed, and do you run this as the hub’s report role? (docs/monitoring.md)`,
    ],
    [
      'an account that cannot be reached, with its cause',
      new AccountUnreachable(ACCOUNT, 'role-not-assumable', 'no role', named('SlowDown')),
      3,
      `Account ${ACCOUNT}: no role. Is its spoke deployed, and do you run this as the hub’s report role? (docs/monitoring.md)`,
    ],
    [
      'an account that could not be reached for another reason',
      new AccountUnreachable(ACCOUNT, 'other', 'Throttling: x', named('UnknownError', 'why')),
      3,
      'why [UnknownError]',
    ],
    [
      'an account that could not be reached, nobody knows why',
      new AccountUnreachable(ACCOUNT, 'other', 'odd'),
      3,
      `Account ${ACCOUNT}: odd. Is its spoke deployed, and do you run this as the hub’s report role? (docs/monitoring.md)`,
    ],
  ])('%s', (_, error, status, text) => {
    expect(describeError(error)).toEqual({ status, text });
  });
});

describe('why an account could not be read', () => {
  it.each<[string, unknown, string, string]>([
    [
      'for want of time',
      new TooSlow('it was not read in time'),
      'too-slow',
      'it was not read in time (--time-limit): it has very many users, or throttles',
    ],
    [
      'for want of a role',
      new AccountUnreachable(ACCOUNT, 'role-not-assumable', 'no role', named('AccessDenied')),
      'role-not-assumable',
      'no role (is its spoke deployed, and do you run this as the hub’s report role?)',
    ],
    [
      'for a spoke that is wrong',
      new AccountUnreachable(ACCOUNT, 'spoke-wrong', 'a wrong tag', named('AccessDenied')),
      'spoke-wrong',
      'a wrong tag',
    ],
    [
      'for what STS answered',
      new AccountUnreachable(ACCOUNT, 'other', 'x', named('Throttling', WORDS)),
      'throttled',
      'AWS throttles a call, also after several tries',
    ],
    ['for nobody knows what', new AccountUnreachable(ACCOUNT, 'other', 'odd'), 'other', 'odd'],
    [
      'for want of a permission',
      named('AccessDenied', WORDS, DOING),
      'denied',
      'AWS denies iam:GetUser: deploy its spoke again, or look for a policy of the organization that denies it',
    ],
    [
      'for being throttled',
      named('RequestLimitExceeded', WORDS, DOING),
      'throttled',
      'AWS throttles iam:GetUser, also after several tries',
    ],
    [
      'for want of an answer',
      named('TimeoutError', WORDS, DOING),
      'no-answer',
      'AWS did not answer iam:GetUser in time, also after several tries',
    ],
    ['for anything else', named('OddError', WORDS), 'other', `${WORDS} [OddError]`],
    ['for what is no error', 'only words', 'other', 'only words'],
  ])('%s', (_, error, code, text) => {
    expect(reasonNotRead(error)).toEqual({ code, text });
  });
});
