import type { Reason } from '../../events/outcome.ts';
import { treatmentOf } from '../domain/review/iam-errors.ts';
import { AccountUnreachable } from '../pipeline/accounts/account-unreachable.ts';
import { TooSlow } from '../pipeline/report/each-account.ts';
import { type Status, statuses, UsageError } from './terminal.ts';

/** What went wrong, in words that say what to do, and the exit status it makes. */
export interface Problem {
  readonly status: Status;
  readonly text: string;
}

interface AwsError extends Error {
  readonly code?: string;
  /** The command that failed, where our client knows it. */
  readonly command?: string;
  /** The profile that was to give the credentials. */
  readonly profile?: string;
}

/**
 * Says what an error means to the person at the terminal.
 * @param error anything that was thrown
 */
export function describeError(error: unknown): Problem {
  if (error instanceof AccountUnreachable) {
    if (error.code === 'other' && error.cause !== undefined) return describeError(error.cause);
    const hint = 'Is its spoke deployed, and do you run this as the hub’s report role?';
    return {
      status: statuses.blind,
      text: `Account ${error.account}: ${error.why}. ${hint} (docs/monitoring.md)`,
    };
  }
  const { name, message, code, command, profile } = asError(error);
  const doing = command ? ` (${command})` : '';
  const wrong = (text: string): Problem => ({ status: statuses.usage, text });
  const blind = (text: string): Problem => ({ status: statuses.blind, text });
  if (
    error instanceof UsageError ||
    name === 'BadConfiguration' ||
    name === 'UnsupportedPartition' ||
    name === 'NotInOrganization'
  ) {
    return wrong(message);
  }
  if (name === 'AWSOrganizationsNotInUseException') {
    return wrong('This account is in no organization: leave out --organization.');
  }
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    return blind(
      profile === undefined
        ? `No AWS credentials: ${firstLine(message)}. Name a profile with --profile or AWS_PROFILE, and sign in to ` +
            'it (aws sso login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
        : `No AWS credentials from the profile ${profile}: ${firstLine(message)}. Is there such a profile (aws ` +
            'configure list-profiles), and are you signed in to it (aws sso login)?',
    );
  }
  if (EXPIRED.has(name)) {
    return blind(
      `AWS does not take these credentials${doing}: ${firstLine(message)}. Sign in again (aws sso login), or check ` +
        'the profile and the clock.',
    );
  }
  if (DENIED.has(name)) {
    if (command?.startsWith('organizations:')) {
      return blind(
        `AWS denies ${command}. Only the organization’s management account and its delegated administrators may ask: ` +
          'run it as the hub’s report role (docs/monitoring.md).',
      );
    }
    const action = /not authorized to perform: (\S+)/.exec(message)?.[1] ?? command ?? 'the call';
    return blind(
      `AWS denies ${action}. Whoever runs this needs that permission (infra/monitor-policy.json has what report ` +
        `reads, infra/doctor-policy.json what doctor does). AWS says: ${firstLine(message)}.`,
    );
  }
  if (THROTTLED.has(name)) {
    return blind(
      `AWS throttles${doing}, also after several tries. Nothing was concluded from it: try again in a minute, or ` +
        'with a larger AWS_MAX_ATTEMPTS.',
    );
  }
  if (treatmentOf(error)?.comesAgain) {
    return {
      status: statuses.findings,
      text:
        `IAM refuses this for the moment${doing}, also after several tries: ${firstLine(message)} [${name}]. Try again ` +
        'in a few minutes.',
    };
  }
  if (FAULTS.has(name)) {
    return blind(
      `AWS has a fault of its own${doing}, also after several tries: ${firstLine(message)}. Try again in a minute.`,
    );
  }
  if (code === 'ERR_INVALID_URL' || message === 'Invalid URL') {
    return wrong('AWS_ENDPOINT_URL (or endpoint_url of the profile) is no URL.');
  }
  if (message.startsWith('Region not accepted')) {
    return wrong(
      `That is no Region: ${firstLine(message)}. Check --region, AWS_REGION and the profile.`,
    );
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return blind(
      `No such host${doing}: ${firstLine(message)}. Is the network up, and is the Region one of this partition ` +
        '(--region or AWS_REGION)?',
    );
  }
  if (code === 'ECONNREFUSED') {
    return blind(`Nothing answers${doing}: ${firstLine(message)}. Check AWS_ENDPOINT_URL.`);
  }
  if (name === 'TimeoutError' || code === 'ETIMEDOUT') {
    return blind(
      `AWS does not answer in time${doing}, also after several tries. Check the network (a proxy, AWS_ENDPOINT_URL), ` +
        'and try again.',
    );
  }
  return blind(`${firstLine(message)}${doing}${name === 'Error' ? '' : ` [${name}]`}`);
}

const EXPIRED = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'RequestExpired',
]);
const FAULTS = new Set([
  'ServiceFailure',
  'ServiceFailureException',
  'InternalFailure',
  'ServiceUnavailable',
]);
const DENIED = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation']);
const THROTTLED = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'SlowDown',
]);

function asError(error: unknown): AwsError {
  if (!(error instanceof Error)) return new Error(String(error));
  const outer: AwsError = error;
  // Node's own errors may be wrapped, or come as several: one for each address of a host.
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  if (outer.code !== undefined && !(error instanceof AggregateError)) return outer;
  if (!(inner instanceof Error) || !('code' in inner)) return outer;
  return Object.assign(new Error(inner.message), {
    name: inner.name,
    code: String(inner.code),
    ...(outer.command === undefined ? {} : { command: outer.command }),
  });
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').trim().replace(/\.$/, '');
}

/** What may be told apart by whoever reads the report by program; all else is "other". */
const kinds: Readonly<Record<string, 'denied' | 'throttled' | 'no-answer'>> = {
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  ThrottledException: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  TimeoutError: 'no-answer',
};

/**
 * Why an account could not be read, in words that say what to do.
 * @param error anything that was thrown
 */
export function reasonNotRead(error: unknown): Reason {
  if (error instanceof TooSlow) {
    const text = `${error.message} (--time-limit): it has very many users, or throttles`;
    return { code: 'too-slow', text };
  }
  if (error instanceof AccountUnreachable) {
    if (error.code === 'other' && error.cause !== undefined) return reasonNotRead(error.cause);
    const spoke =
      error.code === 'role-not-assumable'
        ? ' (is its spoke deployed, and do you run this as the hub’s report role?)'
        : '';
    return { code: error.code, text: error.why + spoke };
  }
  const { name, command } = (error instanceof Error ? error : {}) as Partial<Error> & {
    /** The action that failed, where our client knows it. */
    readonly command?: string;
  };
  const call = command ?? 'a call';
  const kind = kinds[name ?? ''];
  switch (kind) {
    case 'denied': {
      const spoke =
        'deploy its spoke again, or look for a policy of the organization that denies it';
      return { code: kind, text: `AWS denies ${call}: ${spoke}` };
    }
    case 'throttled':
      return { code: kind, text: `AWS throttles ${call}, also after several tries` };
    case 'no-answer':
      return { code: kind, text: `AWS did not answer ${call} in time, also after several tries` };
    case undefined:
      return { code: 'other', text: describeError(error).text };
    default:
      return kind satisfies never;
  }
}
