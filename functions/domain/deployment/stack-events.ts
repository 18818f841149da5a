/** An event of a CloudFormation stack. */
export interface StackEvent {
  readonly id: string;
  readonly at: Date;
  /** Logical ID of the resource; the stack's own events have the name of the stack. */
  readonly resource: string;
  readonly physicalId: string;
  readonly type: string;
  /** As in CREATE_IN_PROGRESS. */
  readonly status: string;
  readonly reason: string | null;
  /** Whether it is an event of the stack itself, and not of a resource. */
  readonly ofStack: boolean;
}

/** A resource that CloudFormation could not create, change or delete. */
export interface FailedResource {
  readonly resource: string;
  readonly type: string;
  readonly reason: string;
  /** What to do about it; null where the reason is not a known one. */
  readonly fix: string | null;
}

/** The first cause of a failed operation, and the state in which the operation left the stack. */
export interface StackFailure extends FailedResource {
  readonly stackStatus: string;
  /** Physical IDs of resources that a deleted stack has left (DeletionPolicy). */
  readonly left: readonly string[];
}

/** The status with which an operation on a stack ended; null while it goes on. */
export function endOf(events: readonly StackEvent[], wanted: string): string | null {
  const end = events.findLast(
    ({ ofStack, status }) => ofStack && (status === wanted || ENDED.test(status)),
  );
  return end?.status ?? null;
}

// CloudFormation User Guide, "Stack status codes". A CREATE that fails is deleted (OnStackFailure of the change set).
const ENDED = /^(ROLLBACK_COMPLETE|UPDATE_ROLLBACK_COMPLETE|DELETE_COMPLETE|\w*_FAILED)$/;

/**
 * The first cause of a failed operation. All that fails after it is its consequence: CloudFormation cancels the resources
 * in progress, and rolls back.
 * @param events of the operation, oldest first
 */
export function firstFailure(events: readonly StackEvent[]): FailedResource | null {
  const failed = events.filter(({ status }) => status.endsWith('_FAILED'));
  const first = failed.find((event) => !event.ofStack && !isCancelled(event)) ?? failed[0];
  if (first === undefined) return null;
  const reason = first.reason ?? 'CloudFormation gave no reason';
  const fix = fixes.find(({ of }) => of.test(reason))?.fix ?? null;
  return { resource: first.resource, type: first.type, reason, fix };
}

/** Whether CloudFormation has stopped to work on a resource because another one failed. */
export function isCancelled({ reason }: Pick<StackEvent, 'reason'>): boolean {
  return /(creation|update|deletion) cancelled/i.test(String(reason));
}

/** Physical IDs of the resources that a deletion has left. One that was never created has none. */
export function leftBehind(events: readonly StackEvent[]): string[] {
  return events
    .filter(({ status, physicalId }) => status === 'DELETE_SKIPPED' && physicalId !== '')
    .map(({ physicalId }) => physicalId);
}

const fixes: readonly { readonly of: RegExp; readonly fix: string }[] = [
  {
    of: /service control policy|explicit deny/i,
    fix: 'A policy denies the call, most likely a service control policy of the organization. Exempt the deployer’s role there.',
  },
  {
    of: /not authorized to perform|AccessDenied/i,
    fix: 'Grant the missing permission to the caller. deployer-policy.json of the release lists all that a deployer needs.',
  },
  {
    of: /already exists/i,
    fix: 'The account has a resource of that name that is not part of this stack: another deployment’s, or one left behind. Choose another name (PolicyName), or delete the resource if nothing needs it.',
  },
  {
    of: /DeleteConflict|must (detach|remove)|attached to|subordinate entit/i,
    fix: 'Users are still blocked by it. Run mfa-enforcer remove again: it unblocks them first.',
  },
  {
    of: /limit ?exceeded|quota|too many/i,
    fix: 'A quota of the account is used up. Ask for a higher one in Service Quotas, or delete what nothing needs.',
  },
];
