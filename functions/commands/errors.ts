import type { Reason } from '../../events/outcome.ts';
import { treatmentOf } from '../domain/review/iam-errors.ts';
import { AccountUnreachable } from '../pipeline/accounts/spoke-session.ts';
import { StackNotRead } from '../pipeline/deployed-settings.ts';
import { ChangeRefused } from '../pipeline/deployment/change-stack.ts';
import { TooSlow } from '../pipeline/report/each-account.ts';
import { BadConnection } from '../runtime/bad-connection.ts';
import { Refused, type Status, statuses, UsageError } from './terminal.ts';

/** What went wrong and what to do about it, with the exit status. */
export interface Problem {
  readonly status: Status;
  readonly text: string;
}

interface AwsError extends Error {
  readonly code?: string;
  /** The command that failed, where our client knows it. */
  readonly command?: string;
  /** The variable that names the proxy to which the connection failed. */
  readonly proxy?: string;
  /** The profile that was asked for credentials. */
  readonly profile?: string;
}

/**
 * Describes an error to the person at the terminal.
 * @param error anything that was thrown
 */
export function describeError(error: unknown): Problem {
  if (error instanceof AccountUnreachable) {
    if (error.code === 'other' && error.cause !== undefined) return describeError(error.cause);
    const hint =
      'Check that its spoke is deployed and that this command runs with the hub’s report role';
    return {
      status: statuses.blind,
      text: `Account ${error.account}: ${error.why}. ${hint} (docs/monitoring.md).`,
    };
  }
  if (error instanceof Refused) {
    return { status: statuses.findings, text: [error.message, ...error.todo].join('\n  ') };
  }
  if (error instanceof ChangeRefused) {
    return { status: statuses.findings, text: error.message };
  }
  if (error instanceof StackNotRead) {
    const { status, text } =
      error.cause === undefined
        ? { status: statuses.blind, text: `${error.message}.` }
        : describeError(error.cause);
    return {
      status,
      text: `${text} The settings come from the stack ${error.stackName}: --no-stack uses the defaults and the options.`,
    };
  }
  if (error instanceof BadConnection) {
    const status = error.kind === 'wrong-value' ? statuses.usage : statuses.blind;
    return { status, text: `${error.message}.` };
  }
  const { name, message, code, command, profile, proxy } = asError(error);
  const doing = command ? ` (${command})` : '';
  const wrong = (text: string): Problem => ({ status: statuses.usage, text });
  const blind = (text: string): Problem => ({ status: statuses.blind, text });
  if (
    error instanceof UsageError ||
    name === 'NoRelease' ||
    name === 'ForeignBucket' ||
    name === 'BadConfiguration' ||
    name === 'UnsupportedPartition' ||
    name === 'NotInOrganization'
  ) {
    return wrong(message);
  }
  if (name === 'AWSOrganizationsNotInUseException') {
    return wrong('This account is not in an organization. Run the command without --organization.');
  }
  if (name === 'NoMfaCode') return blind(`${message}.`);
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    return blind(
      profile === undefined
        ? `No AWS credentials: ${firstLine(message)}. Name a profile with --profile or AWS_PROFILE and sign in to ` +
            'it (aws sso login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
        : `No AWS credentials from profile ${profile}: ${firstLine(message)}. Check that the profile exists (aws ` +
            'configure list-profiles) and sign in to it (aws sso login).',
    );
  }
  if (EXPIRED.has(name)) {
    return blind(
      `AWS rejected the credentials${doing}: ${firstLine(message)}. Sign in again (aws sso login), or check the ` +
        'profile and the system clock.',
    );
  }
  if (DENIED.has(name)) {
    if (command?.startsWith('organizations:')) {
      return blind(
        `AWS denied ${command}. Only the organization’s management account and its delegated administrators may ` +
          'call it. Run the command in the hub’s account; report and plan with its report role (docs/monitoring.md).',
      );
    }
    const action = /not authorized to perform: (\S+)/.exec(message)?.[1] ?? command ?? 'the call';
    return blind(
      `AWS denied ${action}. Grant that permission to the caller. A release has the policies of those who deploy and remove ` +
        `(deployer-policy.json), report (monitor-policy.json) and run doctor (doctor-policy.json). AWS says: ${firstLine(message)}.`,
    );
  }
  if (THROTTLED.has(name)) {
    return blind(
      `AWS throttled the call${doing} after several attempts. Try again in a minute, or with a larger ` +
        'AWS_MAX_ATTEMPTS.',
    );
  }
  if (treatmentOf(error)?.comesAgain) {
    return {
      status: statuses.findings,
      text:
        `IAM refused the call${doing} after several attempts: ${firstLine(message)} [${name}]. Try again in a few ` +
        'minutes.',
    };
  }
  if (FAULTS.has(name)) {
    return blind(
      `AWS reported an internal error${doing} after several attempts: ${firstLine(message)}. Try again in a minute.`,
    );
  }
  if (code === 'ERR_INVALID_URL' || message === 'Invalid URL') {
    return wrong('AWS_ENDPOINT_URL (or endpoint_url of the profile) is not a URL.');
  }
  if (message.startsWith('Region not accepted')) {
    return wrong(
      `The Region is not valid: ${firstLine(message)}. Check --region, AWS_REGION and the profile.`,
    );
  }
  if (proxy !== undefined) {
    return blind(
      `The proxy of ${proxy} could not be reached${doing}: ${firstLine(message)}. Check ${proxy} and the network.`,
    );
  }
  if (code !== undefined && UNTRUSTED.test(code)) {
    return blind(
      `The certificate of the endpoint is not trusted${doing}: ${firstLine(message)} [${code}]. A proxy that inspects TLS, or an ` +
        'endpoint of your own, has a CA of its own: name the file with its certificate in AWS_CA_BUNDLE or ca_bundle ' +
        'of the profile, which replaces the usual CAs, or in NODE_EXTRA_CA_CERTS, which adds to them.',
    );
  }
  if (name === 'SyntaxError' || UNREADABLE.test(message)) {
    return blind(
      `The answer is not one of AWS${doing}: another server or a proxy gave it. Check AWS_ENDPOINT_URL and HTTPS_PROXY.`,
    );
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return blind(
      `The host was not found${doing}: ${firstLine(message)}. Check the network (HTTPS_PROXY, where there is a proxy), and that the Region belongs to ` +
        'this partition (--region or AWS_REGION).',
    );
  }
  if (code === 'ECONNREFUSED') {
    return blind(
      `The endpoint refused the connection${doing}: ${firstLine(message)}. Check AWS_ENDPOINT_URL.`,
    );
  }
  if (name === 'TimeoutError' || code === 'ETIMEDOUT') {
    return blind(
      `AWS did not answer in time${doing} after several attempts. Check the network (HTTPS_PROXY, NO_PROXY, AWS_ENDPOINT_URL) and ` +
        'try again.',
    );
  }
  return blind(`${firstLine(message)}${doing}${name === 'Error' ? '' : ` [${name}]`}`);
}

// Node's codes of OpenSSL's verification errors, and of a name that is not in the certificate (node: doc/api/tls.md).
const UNTRUSTED =
  /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+|CERT_\w+|INVALID_CA|ERR_TLS_CERT_ALTNAME_INVALID)$/;
const EXPIRED = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'RequestExpired',
]);
/** The SDK's words for an answer in another format. */
const UNREADABLE = /XML parse error|Deserialization error/;
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
  // Node wraps network errors, or throws an AggregateError with one error for each address of the host.
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  if (outer.code !== undefined && !(error instanceof AggregateError)) return outer;
  if (!(inner instanceof Error) || !('code' in inner)) return outer;
  return Object.assign(new Error(inner.message), {
    name: inner.name,
    code: String(inner.code),
    ...(outer.command === undefined ? {} : { command: outer.command }),
    ...(outer.proxy === undefined ? {} : { proxy: outer.proxy }),
  });
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').trim().replace(/\.$/, '');
}

/** Codes for programs that read the report; every other error is "other". */
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
 * Describes why an account could not be read, and what to do about it.
 * @param error anything that was thrown
 */
export function reasonNotRead(error: unknown): Reason {
  if (error instanceof TooSlow) {
    const text = `${error.message} (--time-limit): it has many users, or IAM throttles it`;
    return { code: 'too-slow', text };
  }
  if (error instanceof AccountUnreachable) {
    if (error.code === 'other' && error.cause !== undefined) return reasonNotRead(error.cause);
    const spoke =
      error.code === 'role-not-assumable'
        ? '. Check that its spoke is deployed and that this command runs with the hub’s report role'
        : '';
    return { code: error.code, text: error.why + spoke };
  }
  const { code, text } = reasonOfCall(error);
  const spoke =
    'Deploy its spoke again, or look for a policy of the organization that denies the call';
  return { code, text: code === 'denied' ? `${text}. ${spoke}` : text };
}

/**
 * Why a call failed, for a report that can do without its answer.
 * @param error anything that was thrown
 */
export function reasonOfCall(error: unknown): Reason {
  const { name, command } = (error instanceof Error ? error : {}) as Partial<Error> & {
    /** The action that failed, where our client knows it. */
    readonly command?: string;
  };
  const call = command ?? 'a call';
  const kind = kinds[name ?? ''];
  switch (kind) {
    case 'denied':
      return { code: kind, text: `AWS denied ${call}` };
    case 'throttled':
      return { code: kind, text: `AWS throttled ${call} after several attempts` };
    case 'no-answer':
      return { code: kind, text: `AWS did not answer ${call} in time after several attempts` };
    case undefined:
      return { code: 'other', text: describeError(error).text };
    default:
      return kind satisfies never;
  }
}
