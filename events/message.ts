import * as z from 'zod';
import { actorOf, type Cause } from './cause.ts';
import { AccountId, CloudTrailEnvelope, CloudTrailRecord, UserName } from './envelope.ts';
import type { Expectation } from './expectation.ts';
import { type Credential, iamEvents } from './iam-change.ts';
import { type Outcome, UnpublishedOutcome } from './outcome.ts';
import { problemsOf } from './problems.ts';
import { OrphanRequest, PolicyCheck, ReviewRequest } from './requests.ts';
import { type TamperingCall, type TouchedResource, tamperingOf } from './tampering.ts';

/** A user to review, and what IAM must show of the user by now. */
export interface UserChange {
  readonly account: string;
  readonly user: string;
  /** The name is derived and may belong to no user: then the change is dropped. */
  readonly hint: boolean;
  readonly cause: Cause;
  readonly expects: Expectation;
  /** The sweep saw the user blocked by another block method than the managed policy: the review reads all of them. */
  readonly otherMethods?: boolean;
  /** The user waits for room under the block limit, since then. ISO 8601. */
  readonly refusedSince?: string;
  /** The user of this ID has time to enrol: the review begins with the state table. */
  readonly graceUserId?: string;
}

/** A managed policy that was changed. */
export interface PolicyChange {
  readonly account: string;
  readonly policyArn: string;
  /** The version that must be the default by now, where the event says so. */
  readonly defaultVersionId: string | null;
  /** The policy must be gone by now. */
  readonly deleted: boolean;
  readonly cause: Cause;
}

/** A call of the table of tampering calls. Whether it concerns a resource of the enforcer is decided later. */
export interface Tampering {
  readonly account: string;
  readonly call: TamperingCall;
  readonly resources: readonly TouchedResource[];
  readonly cause: Cause;
}

/** A tag on a policy that a probe of the event path may have written. Whether it has is decided later. */
export interface ProbeSeen {
  readonly account: string;
  readonly policyArn: string;
  readonly value: string;
  /** The ARN of the role whose session made the call; null for any other caller. */
  readonly roleArn: string | null;
  readonly cause: Cause;
}

/** A user's try to create a virtual MFA device failed because there is one of that name. */
export interface NameTaken {
  readonly account: string;
  /** The caller. */
  readonly user: string;
  /** The ARN of the device that has the name. */
  readonly serial: string;
  readonly cause: Cause;
}

/** What a message of the queue turned out to be. */
export type Parsed =
  | { readonly kind: 'changes'; readonly changes: readonly UserChange[] }
  /** A change of a user's access that does not change whether the user is to be blocked. */
  | {
      readonly kind: 'access';
      readonly change: UserChange;
      /** The credential that the user has got, if it is one beside the password. */
      readonly credential: Credential | null;
    }
  | { readonly kind: 'policy'; readonly change: PolicyChange }
  | { readonly kind: 'tampering'; readonly tampering: Tampering }
  | { readonly kind: 'probe'; readonly probe: ProbeSeen }
  | { readonly kind: 'orphan'; readonly request: OrphanRequest }
  | { readonly kind: 'name-taken'; readonly taken: NameTaken }
  | { readonly kind: 'dropped'; readonly eventId: string; readonly reason: string }
  | { readonly kind: 'unpublished'; readonly outcome: Outcome };

/** A message that cannot be read. The error names the event and the field, never the message's content. */
export class UnparsableMessage extends Error {
  override readonly name = 'UnparsableMessage';
  readonly eventId: string;
  /** What is wrong, without the event's id. */
  readonly problem: string;
  constructor(eventId: string, problem: string) {
    super(`cannot read event ${eventId}: ${problem}`);
    this.eventId = eventId;
    this.problem = problem;
  }
}

/**
 * Reads one message of the queue of IAM changes: a CloudTrail event (in EventBridge's envelope or bare),
 * a sweep's review request, or an outcome of ours that still has to be published.
 * @param body the message's body, JSON text
 * @param ownAccount the account that a bare record may name; where it is given, a record of any other account must be in
 *   EventBridge's envelope, on which EventBridge writes the sender's account
 * @returns the users to look at; or that it concerns no IAM user, and why; or the waiting outcome
 * @throws UnparsableMessage where it is none of these: the record fails and goes to the DLQ
 */
export function parseMessage(body: string, ownAccount?: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new UnparsableMessage('unknown', 'it is not JSON');
  }
  try {
    return read(value, ownAccount);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw new UnparsableMessage(eventIdOf(value), problemsOf(error));
  }
}

const Ours = z.looseObject({ schema: z.string() });

function read(value: unknown, ownAccount: string | undefined): Parsed {
  const schema = Ours.safeParse(value).data?.schema;
  if (schema?.startsWith('mfa-enforcer/unpublished-outcome/')) {
    return { kind: 'unpublished', outcome: UnpublishedOutcome.parse(value).outcome };
  }
  if (schema?.startsWith('mfa-enforcer/policy-check/')) {
    const { account, policyArn, cause } = PolicyCheck.parse(value);
    return {
      kind: 'policy',
      change: { account, policyArn, defaultVersionId: null, deleted: false, cause },
    };
  }
  if (schema?.startsWith('mfa-enforcer/orphan-device/')) {
    return { kind: 'orphan', request: OrphanRequest.parse(value) };
  }
  if (schema?.startsWith('mfa-enforcer/')) {
    const { account, user, cause, otherMethods, refusedSince, graceUserId } =
      ReviewRequest.parse(value);
    const change: UserChange = {
      account,
      user,
      hint: false,
      cause,
      expects: {},
      otherMethods,
      ...(refusedSince && { refusedSince }),
      ...(graceUserId && { graceUserId }),
    };
    return { kind: 'changes', changes: [change] };
  }
  const isEnvelope = typeof value === 'object' && value !== null && 'detail' in value;
  const envelope = isEnvelope ? CloudTrailEnvelope.parse(value) : null;
  const sender = envelope?.account ?? null;
  return fromRecord(envelope?.detail ?? CloudTrailRecord.parse(value), { sender, ownAccount });
}

/** What vouches for a record: the account on its envelope, or null; and the account that needs no envelope. */
interface Origin {
  readonly sender: string | null;
  readonly ownAccount: string | undefined;
}

function fromRecord(record: CloudTrailRecord, origin: Origin): Parsed {
  const drop = (reason: string): Parsed => ({ kind: 'dropped', eventId: record.eventID, reason });

  const taken = nameTaken(record, origin);
  if (taken !== null) return { kind: 'name-taken', taken };
  // Exports write null or "" for a call that succeeded.
  if (record.errorCode) {
    return drop(`${record.eventName} failed (${record.errorCode}): nothing changed`);
  }
  const tampered = tamperingOf(record);
  if (tampered !== null) {
    const account = accountOf(record, origin);
    return { kind: 'tampering', tampering: { account, ...tampered, cause: causeOf(record) } };
  }
  // CreateUser is also an event of sso-directory and transfer.
  if (record.eventSource !== 'iam.amazonaws.com') {
    return drop(`${record.eventName} of ${record.eventSource} is no IAM event`);
  }
  const row = Object.hasOwn(iamEvents, record.eventName) ? iamEvents[record.eventName] : undefined;
  if (row === undefined) return drop(`${record.eventName} does not change a user’s status`);

  const concern = row.concern(record);
  if (concern.kind === 'nobody') return drop(concern.reason);

  const account = accountOf(record, origin);
  const cause = causeOf(record);
  switch (concern.kind) {
    case 'policy': {
      const { policyArn, defaultVersionId } = concern;
      const deleted = record.eventName === 'DeletePolicy';
      return {
        kind: 'policy',
        change: { account, policyArn, defaultVersionId, deleted, cause },
      };
    }
    case 'access': {
      const change = { account, user: concern.name, hint: false, cause, expects: {} };
      return { kind: 'access', change, credential: concern.credential };
    }
    case 'probe': {
      const { policyArn, value } = concern;
      const roleArn = roleOf(record);
      return { kind: 'probe', probe: { account, policyArn, value, roleArn, cause } };
    }
    case 'hint': {
      const { names, expects } = concern;
      const changes = names.map((user) => ({ account, user, hint: true, cause, expects }));
      return { kind: 'changes', changes };
    }
    case 'user': {
      // The call succeeded, so the user exists.
      const expects = { exists: true, ...concern.expects };
      const change = { account, user: concern.name, hint: false, cause, expects };
      return { kind: 'changes', changes: [change] };
    }
    // Stryker disable next-line ConditionalExpression: nothing comes here, as the compiler sees
    default:
      return concern satisfies never;
  }
}

const DeviceNamed = z.object({
  virtualMFADeviceName: z.string().min(1),
  path: z.string().startsWith('/').nullish(),
});

/** The one failed call that says something of a user: IAM refuses a device's name that is taken. */
function nameTaken(record: CloudTrailRecord, origin: Origin): NameTaken | null {
  const { eventSource, eventName, errorCode, userIdentity, requestParameters } = record;
  if (eventSource !== 'iam.amazonaws.com' || eventName !== 'CreateVirtualMFADevice') return null;
  // CloudTrail writes the code with "Exception", and IAM's API without.
  if (!errorCode?.startsWith('EntityAlreadyExists') || userIdentity?.type !== 'IAMUser')
    return null;
  const user = UserName.safeParse(userIdentity.userName).data;
  const device = DeviceNamed.safeParse(requestParameters).data;
  if (user === undefined || device === undefined) return null;
  const account = accountOf(record, origin);
  const partition = userIdentity.arn?.split(':')[1] ?? 'aws';
  const serial = `arn:${partition}:iam::${account}:mfa${device.path ?? '/'}${device.virtualMFADeviceName}`;
  return { account, user, serial, cause: causeOf(record) };
}

function causeOf(record: CloudTrailRecord): Cause {
  return {
    kind: 'event',
    eventId: record.eventID,
    eventName: record.eventName,
    eventTime: new Date(record.eventTime).toISOString(),
    actor: actorOf(record),
  };
}

/** The session's issuer, which IAM writes; the name of a session is its caller's choice (CloudTrail userIdentity element). */
function roleOf({ userIdentity }: CloudTrailRecord): string | null {
  if (userIdentity?.type !== 'AssumedRole') return null;
  return userIdentity.sessionContext?.sessionIssuer?.arn ?? null;
}

const Accounts = z.object({ account: AccountId.nullable(), recipientAccountId: AccountId });

/**
 * recipientAccountId is the account acted in; the envelope's account must not say otherwise. A record from before
 * there was one (eventVersion 1.02) is of its caller's account: IAM's calls act in no other. The queue does not
 * take that account from the record.
 */
function accountOf(record: CloudTrailRecord, { sender, ownAccount }: Origin): string {
  const callers = ownAccount === undefined ? record.userIdentity?.accountId : undefined;
  const { recipientAccountId: account } = Accounts.parse({
    account: sender,
    recipientAccountId: record.recipientAccountId ?? sender ?? callers ?? undefined,
  });
  if (sender !== null && sender !== account) {
    const problem = `the envelope says account ${sender}, the record ${account}`;
    throw new UnparsableMessage(record.eventID, problem);
  }
  if (sender === null && ownAccount !== undefined && account !== ownAccount) {
    const problem = `no envelope vouches for its account ${account}`;
    throw new UnparsableMessage(record.eventID, problem);
  }
  return account;
}

const Ids = z.looseObject({
  eventID: z.string().nullish(),
  id: z.string().nullish(),
  detail: z.looseObject({ eventID: z.string().nullish() }).nullish().catch(undefined),
});

/** The event's id for the log, as far as it can be made out. */
function eventIdOf(value: unknown): string {
  const ids = Ids.safeParse(value).data;
  return ids?.detail?.eventID ?? ids?.eventID ?? ids?.id ?? 'unknown';
}
