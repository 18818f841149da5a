import * as z from 'zod';
import type { CloudTrailRecord } from './envelope.ts';

const Names = z.looseObject({
  name: z.string().optional(),
  rule: z.string().optional(),
  queueUrl: z.string().optional(),
  groupName: z.string().optional(),
  roleName: z.string().optional(),
});

/**
 * Calls that would make the enforcer blind or its holds void, by service and eventName, with what they do.
 * infra/iam-changes.yml and infra/spoke.yml ask for them on our own resources only. They cannot be put back, so they are told.
 */
export const tamperingEvents: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'events.amazonaws.com': {
    DisableRule: 'switched off a rule that brings IAM’s events',
    DeleteRule: 'deleted a rule that brings IAM’s events',
    PutRule: 'changed a rule that brings IAM’s events',
    PutTargets: 'changed where a rule brings IAM’s events',
    RemoveTargets: 'took the queue away from a rule that brings IAM’s events',
  },
  'sqs.amazonaws.com': {
    SetQueueAttributes: 'changed the queue of IAM changes or of outcomes',
    AddPermission: 'changed who may use the queue of IAM changes or of outcomes',
    RemovePermission: 'changed who may use the queue of IAM changes or of outcomes',
    DeleteQueue: 'deleted the queue of IAM changes or of outcomes',
    PurgeQueue: 'emptied the queue of IAM changes or of outcomes',
  },
  'cloudtrail.amazonaws.com': {
    StopLogging: 'stopped a trail: without one, IAM’s events do not come',
    DeleteTrail: 'deleted a trail: without one, IAM’s events do not come',
    PutEventSelectors: 'changed what a trail records',
    UpdateTrail: 'changed a trail',
  },
  'iam.amazonaws.com': {
    DeleteGroup: 'deleted the deny group',
    UpdateGroup: 'renamed or moved the deny group',
    AttachGroupPolicy: 'attached a policy to the deny group',
    DetachGroupPolicy: 'detached a policy from the deny group',
    PutGroupPolicy: 'changed what the deny group carries',
    DeleteGroupPolicy: 'took the policy away from the deny group',
    DeleteRole: 'deleted a role that the enforcer acts with',
    UpdateAssumeRolePolicy: 'changed who may act as a role of the enforcer',
    PutRolePolicy: 'changed the rights of a role of the enforcer',
    DeleteRolePolicy: 'took rights away from a role of the enforcer',
    AttachRolePolicy: 'gave more rights to a role of the enforcer',
    DetachRolePolicy: 'detached a policy from a role of the enforcer',
    PutRolePermissionsBoundary: 'limited the rights of a role of the enforcer',
    TagRole: 'changed the tags of a role of the enforcer: they say how its account is guarded',
    UntagRole: 'took tags from a role of the enforcer: they say how its account is guarded',
  },
};

/** Something done to the enforcer itself. */
interface Tampered {
  /** Continues "Somebody …", with the name of what it was done to. */
  readonly what: string;
  /** The command that undoes it, where there is one: CloudFormation puts nothing back that changed behind it. */
  readonly mend: string | null;
}

/**
 * What a record says was done to the enforcer itself.
 * @returns null where it is no such call
 */
export function tamperingOf(record: CloudTrailRecord): Tampered | null {
  const events = Object.hasOwn(tamperingEvents, record.eventSource)
    ? tamperingEvents[record.eventSource]
    : undefined;
  const what =
    events && Object.hasOwn(events, record.eventName) ? events[record.eventName] : undefined;
  if (what === undefined) return null;
  const { data } = Names.safeParse(record.requestParameters);
  const target = data?.name ?? data?.rule ?? data?.queueUrl ?? data?.groupName ?? data?.roleName;
  if (target === undefined) return { what, mend: null };
  return {
    what: `${what} (${target})`,
    // It is pasted into a shell.
    mend: /^[\w+=,.@:/-]+$/.test(target) ? (undo[record.eventName]?.(target) ?? null) : null,
  };
}

/** Puts the deny group's policy back; run in a checkout of this project. */
export function mendGroup(group: string): string {
  return (
    'node dist/cli/index.mjs policy > policy.json && aws iam put-group-policy ' +
    `--group-name ${group} --policy-name ${group} --policy-document file://policy.json`
  );
}

const undo: Readonly<Record<string, (target: string) => string>> = {
  DisableRule: (rule) => `aws events enable-rule --name ${rule}`,
  StopLogging: (trail) => `aws cloudtrail start-logging --name ${trail}`,
  PutGroupPolicy: mendGroup,
  DeleteGroupPolicy: mendGroup,
};
