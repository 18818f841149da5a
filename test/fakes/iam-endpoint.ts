import { answerXml, errorXml, namespaces } from './iam-xml.ts';
import { MemoryIam, type MemoryIamOptions } from './memory-iam.ts';
import { templateParameters } from './release.ts';

/** A stack as CloudFormation describes it. */
export interface DeployedStack {
  readonly status: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const defaults = Object.fromEntries(
  Object.entries(templateParameters()).map(([name, { Default }]) => [name, String(Default ?? '')]),
);

/** The enforcer’s stack: enforce mode, and the template’s other defaults. */
export function deployedStack(
  parameters: Readonly<Record<string, string>> = {},
  status = 'UPDATE_COMPLETE',
): DeployedStack {
  return { status, parameters: { ...defaults, Mode: 'enforce', ...parameters } };
}

/** The number of accepted calls a second, and at once after a pause. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** An error as AWS answers it. */
interface AwsAnswer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** AWS's own messages, by the code that tests name. */
export const awsErrors = {
  Throttling: { status: 400, code: 'Throttling', message: 'Rate exceeded' },
  ThrottlingException: { status: 400, code: 'ThrottlingException', message: 'Rate exceeded' },
  ConcurrentModification: {
    status: 409,
    code: 'ConcurrentModification',
    message: 'Multiple requests to change this object were submitted simultaneously.',
  },
  EntityTemporarilyUnmodifiable: {
    status: 409,
    code: 'EntityTemporarilyUnmodifiable',
    message: 'Login Profile for User dana cannot be modified while login profile is being created.',
  },
  LimitExceeded: {
    status: 409,
    code: 'LimitExceeded',
    message: 'Cannot exceed quota for PoliciesPerUser: 10',
  },
  InternalFailure: { status: 500, code: 'InternalFailure', message: 'Internal failure' },
  ServiceUnavailable: { status: 503, code: 'ServiceUnavailable', message: 'Try again later' },
  RequestTimeout: { status: 408, code: 'RequestTimeout', message: 'The request timed out' },
  DeleteConflict: { status: 409, code: 'DeleteConflict', message: 'Detach all policies first.' },
  ServiceFailure: {
    status: 500,
    code: 'ServiceFailure',
    message: 'The request processing has failed because of an unknown error, exception or failure.',
  },
  ExpiredToken: {
    status: 403,
    code: 'ExpiredToken',
    message: 'The security token included in the request is expired',
  },
  InvalidClientTokenId: {
    status: 403,
    code: 'InvalidClientTokenId',
    message: 'The security token included in the request is invalid.',
  },
} as const satisfies Readonly<Record<string, AwsAnswer>>;

/** Status and code of the SDK's error classes, as IAM's API reference has them. */
const statusOf: Readonly<Record<string, number>> = {
  NoSuchEntity: 404,
  LimitExceeded: 409,
  ConcurrentModification: 409,
  EntityTemporarilyUnmodifiable: 409,
  Throttling: 400,
  AccessDenied: 403,
  ValidationError: 400,
  ReportInProgress: 404,
  ReportNotPresent: 410,
  ReportExpired: 410,
};

/** The codes that the SDK's classes have other names for. */
const codeOf: Readonly<Record<string, string>> = {
  CredentialReportNotReady: 'ReportInProgress',
  CredentialReportNotPresent: 'ReportNotPresent',
  CredentialReportExpired: 'ReportExpired',
};

/**
 * IAM's and STS's Query protocol: an action and its input lead to a status and XML. It answers from a MemoryIam, counts calls, and
 * throttles on request.
 */
export class IamEndpoint {
  readonly iam: MemoryIam;
  /** The account’s stacks, by name: the enforcer’s, in enforce mode. */
  readonly stacks: Record<string, DeployedStack> = { 'iam-mfa-enforcer-prod': deployedStack() };
  readonly #counts = new Map<string, number>();
  readonly #denied: { readonly action: string; readonly user: string | null }[] = [];
  readonly #failing: {
    readonly action: string;
    readonly user: string | null;
    readonly error: AwsAnswer;
    times: number;
  }[] = [];
  #rate: (Rate & { left: number; at: number }) | null = null;

  constructor(options: MemoryIamOptions = {}) {
    this.iam = new MemoryIam(options);
  }

  /** Denies an action for all users, or for one. */
  deny(action: string, user: string | null = null): void {
    this.#denied.push({ action, user });
  }

  /** Makes the next calls of an action fail for all users, or for one. Without a number, all calls fail. */
  failNext(
    action: string,
    code: keyof typeof awsErrors,
    times: number = Number.POSITIVE_INFINITY,
    user: string | null = null,
  ): void {
    this.#failing.push({ action, user, error: awsErrors[code], times });
  }

  /** Answers Throttling beyond a rate. */
  throttle(rate: Rate): void {
    this.#rate = { ...rate, left: rate.burst, at: Date.now() };
  }

  /** Calls by action, including refused ones. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].toSorted());
  }

  /** Resets the counts. */
  resetCounts(): void {
    this.#counts.clear();
  }

  /** Answers one call, as IAM or STS would. */
  answer(action: string, input: Record<string, unknown>): { status: number; body: string } {
    this.#counts.set(action, (this.#counts.get(action) ?? 0) + 1);
    const namespace = namespaces[serviceOf(action)];
    const refusal = this.#refusal(action, input);
    try {
      if (refusal !== null) return { status: refusal.status, body: refused(namespace, refusal) };
      const answer =
        action === 'DescribeStacks'
          ? this.#describeStacks(String(input.StackName ?? ''))
          : this.iam.call(action, input);
      return { status: 200, body: answerXml(namespace, action, answer) };
    } catch (error) {
      const answer = answerOf(error as Error);
      return { status: answer.status, body: refused(namespace, answer) };
    }
  }

  #describeStacks(name: string): object {
    const stack = this.stacks[name];
    if (stack === undefined) {
      const message = `Stack with id ${name} does not exist`;
      throw Object.assign(new Error(message), { name: 'ValidationError' });
    }
    const Parameters = Object.entries(stack.parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    }));
    const CreationTime = new Date('2026-01-01T00:00:00Z');
    return {
      Stacks: [{ StackName: name, StackStatus: stack.status, CreationTime, Parameters }],
    };
  }

  #refusal(action: string, input: Record<string, unknown>): AwsAnswer | null {
    if (!this.#takeToken()) return awsErrors.Throttling;
    const { UserName: user, PolicyArn: policy } = input;
    const failing = this.#failing.find(
      (one) => one.action === action && one.times > 0 && (one.user === null || one.user === user),
    );
    if (failing) {
      failing.times -= 1;
      return failing.error;
    }
    const denied = this.#denied.some(
      (one) => one.action === action && (one.user === null || one.user === user),
    );
    if (!denied) return null;
    const name = `${serviceOf(action)}:${action}`;
    const resource = user ? `user ${user}` : policy ? `policy ${policy}` : '*';
    return {
      status: 403,
      code: 'AccessDenied',
      message: `User: ${this.iam.caller} is not authorized to perform: ${name} on resource: ${resource} because no identity-based policy allows the ${name} action`,
    };
  }

  #takeToken(): boolean {
    const rate = this.#rate;
    if (rate === null) return true;
    const now = Date.now();
    rate.left = Math.min(rate.burst, rate.left + ((now - rate.at) / 1000) * rate.perSecond);
    rate.at = now;
    if (rate.left < 1) return false;
    rate.left -= 1;
    return true;
  }
}

function serviceOf(action: string): keyof typeof namespaces {
  if (action === 'DescribeStacks') return 'cloudformation';
  return action === 'GetCallerIdentity' ? 'sts' : 'iam';
}

function answerOf({ name, message }: Error): AwsAnswer {
  const named = name.replace(/Exception$/, '');
  const code = codeOf[named] ?? named;
  return { status: statusOf[code] ?? 500, code, message };
}

function refused(namespace: string, { status, code, message }: AwsAnswer): string {
  const type = status < 500 ? 'Sender' : 'Receiver';
  return errorXml(namespace, { type, code, message });
}

/** Of a list of texts (Filter.member.1=User) the first is enough. */
export function inputOf(form: URLSearchParams): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, value] of form) {
    if (name === 'Action' || name === 'Version') continue;
    const [, list, number, field] = /^(\w+)\.member\.(\d+)\.(\w+)$/.exec(name) ?? [];
    if (list === undefined || field === undefined) {
      input[name.replace(/\.member\.1$/, '')] = value;
      continue;
    }
    const members = (input[list] ?? []) as Record<string, string>[];
    members[Number(number) - 1] = { ...members[Number(number) - 1], [field]: value };
    input[list] = members;
  }
  return input;
}
