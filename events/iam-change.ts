import * as z from 'zod';
import { type CloudTrailRecord, UserName } from './envelope.ts';
import { PROBE_TAG } from './event-path.ts';
import type { Expectation } from './expectation.ts';
import { deviceName, isSameName } from './names.ts';

/** Which EventBridge rule of infra/iam-changes.yml carries an event. */
type Rule = 'user' | 'block' | 'group' | 'inline' | 'boundary' | 'policy' | 'credentials';

/** A credential beside the password: an access key, an API key or another service-specific one, an SSH key. */
export type Credential = 'access-key' | 'service-credential' | 'ssh-key';

/** What an event asks to review. `hint`: a derived name, of a user who may not exist. */
type Concern =
  | { readonly kind: 'user'; readonly name: string; readonly expects: Expectation }
  /** The user's access changed, but not whether the user is to be blocked: the user is not reviewed. */
  | { readonly kind: 'access'; readonly name: string; readonly credential: Credential | null }
  | { readonly kind: 'hint'; readonly names: readonly string[]; readonly expects: Expectation }
  | {
      readonly kind: 'policy';
      readonly policyArn: string;
      /** The version that is the default now, where the event says so. */
      readonly defaultVersionId: string | null;
    }
  /** A tag as a probe of the event path writes it. */
  | { readonly kind: 'probe'; readonly policyArn: string; readonly value: string }
  | { readonly kind: 'nobody'; readonly reason: string };

interface EventRow {
  /** The rule that forwards it, or null: parsed where it turns up, but never asked for. */
  readonly rule: Rule | null;
  /** Reads whom the record concerns. Throws a ZodError where its parameters are not of the event's shape. */
  readonly concern: (record: CloudTrailRecord) => Concern;
}

// CloudTrail's user name in root's own MFA calls. It has spaces, so no IAM user can have it. A device's serial says
// nothing of root: anyone may give a virtual device a name like root's.
const ROOT_USER_NAME = 'AWS ROOT USER';

const Tags = z.array(z.looseObject({ key: z.string(), value: z.string() }));
const Named = z.object({ userName: UserName });
/** A call without parameters is recorded with requestParameters: null. */
const MaybeNamed = z
  .looseObject({ userName: UserName.nullish() })
  .nullish()
  .transform((parameters) => parameters ?? {});
const Serial = z.string().min(1);
const PolicyVersionResponse = z.object({ policyVersion: z.object({ versionId: z.string() }) });
const Owner = z.object({ userName: z.string() });
/** The responses that name the user whom their requests may leave out. */
const OwnerResponse = z.union([
  z.object({ loginProfile: Owner }).transform(({ loginProfile }) => loginProfile),
  z.object({ accessKey: Owner }).transform(({ accessKey }) => accessKey),
]);

/**
 * UserName is optional on CreateLoginProfile, DeleteLoginProfile, DeactivateMFADevice and CreateAccessKey and then means
 * the caller: look in the request, then the response, then the caller, the last only if it is an IAM user.
 */
function named(
  record: CloudTrailRecord,
  inRequest: string | null | undefined,
  concern: (name: string) => Concern,
): Concern {
  const inResponse = OwnerResponse.safeParse(record.responseElements).data;
  const caller = record.userIdentity?.type === 'IAMUser' ? record.userIdentity.userName : undefined;
  const name = inRequest ?? inResponse?.userName ?? caller ?? undefined;
  if (name === undefined && record.userIdentity?.type === 'Root') {
    return { kind: 'nobody', reason: 'the root user acted on itself; root is no IAM user' };
  }
  return concern(Named.parse({ userName: name }).userName);
}

function access(name: string, credential: Credential | null): Concern {
  return { kind: 'access', name, credential };
}

function user(name: string, expects: Expectation): Concern {
  return { kind: 'user', name, expects };
}

function rootDevice(record: CloudTrailRecord): Concern | null {
  return record.requestParameters?.userName === ROOT_USER_NAME
    ? { kind: 'nobody', reason: 'the device is the root user’s; root is no IAM user' }
    : null;
}

function row<P>(
  rule: Rule,
  parameters: z.ZodType<P>,
  concern: (parameters: P, record: CloudTrailRecord) => Concern,
): EventRow {
  const Parameters = z.object({ requestParameters: parameters });
  return {
    rule,
    concern: (record) =>
      rootDevice(record) ?? concern(Parameters.parse(record).requestParameters as P, record),
  };
}

function ignored(reason: string): EventRow {
  return { rule: null, concern: () => ({ kind: 'nobody', reason }) };
}

/**
 * Every IAM event we know, by CloudTrail's eventName: where its user is and what must be true after it.
 * Source: 113 recorded events and the SDK's service model (docs/events.md).
 */
export const iamEvents: Readonly<Record<string, EventRow>> = {
  // A new user has no MFA device.
  CreateUser: row(
    'user',
    z.looseObject({ userName: UserName, path: z.string().nullish(), tags: Tags.nullish() }),
    ({ userName, path, tags }) =>
      user(userName, { ...pathIs(path), ...(tags ? { tags: tagMap(tags) } : {}) }),
  ),
  // Messages that still wait name the user by the old name.
  UpdateUser: row(
    'user',
    z.looseObject({
      userName: UserName,
      newUserName: UserName.nullish(),
      newPath: z.string().nullish(),
    }),
    ({ userName, newUserName, newPath }) => user(newUserName ?? userName, pathIs(newPath)),
  ),
  // A deleted user no longer counts as blocked.
  DeleteUser: row('user', z.looseObject({ userName: UserName }), ({ userName }) =>
    user(userName, { exists: false }),
  ),
  // A password brings the user into the console, and into scope.
  CreateLoginProfile: row(
    'user',
    MaybeNamed,
    ({ userName }: { userName?: string | null | undefined }, record) =>
      named(record, userName, (name) => user(name, { password: true })),
  ),
  // Without a password the user may leave the scope.
  DeleteLoginProfile: row(
    'user',
    MaybeNamed,
    ({ userName }: { userName?: string | null | undefined }, record) =>
      named(record, userName, (name) => user(name, { password: false })),
  ),
  // Who set a password may enrol with it.
  UpdateLoginProfile: row('user', z.looseObject({ userName: UserName }), ({ userName }) =>
    access(userName, null),
  ),
  // The user has enrolled and may be unblocked.
  EnableMFADevice: row(
    'user',
    z.looseObject({ userName: UserName, serialNumber: Serial }),
    ({ userName, serialNumber }) => user(userName, { devices: { [serialNumber]: true } }),
  ),
  // The user may have lost the last device.
  DeactivateMFADevice: row(
    'user',
    z.looseObject({ userName: UserName.nullish(), serialNumber: Serial }),
    ({ userName, serialNumber }, record) =>
      named(record, userName, (name) => user(name, { devices: { [serialNumber]: false } })),
  ),
  // A device is gone; its event names no user, so the names it suggests are looked at.
  DeleteVirtualMFADevice: row(
    'user',
    z.looseObject({ serialNumber: Serial }),
    ({ serialNumber }, record) => {
      const caller = record.userIdentity?.type === 'IAMUser' ? record.userIdentity.userName : null;
      const names = [deviceName(serialNumber), caller].filter(
        (name): name is string => UserName.safeParse(name).success,
      );
      return names.length > 0
        ? {
            kind: 'hint',
            names: names.filter(
              (name, at) => !names.slice(0, at).some((one) => isSameName(one, name)),
            ),
            expects: { devices: { [serialNumber]: false } },
          }
        : { kind: 'nobody', reason: 'the deleted device suggests no IAM user' };
    },
  ),
  // A tag may exempt the user.
  TagUser: row('user', z.looseObject({ userName: UserName, tags: Tags }), ({ userName, tags }) =>
    user(userName, { tags: tagMap(tags) }),
  ),
  // Losing a tag may end an exemption.
  UntagUser: row(
    'user',
    z.looseObject({ userName: UserName, tagKeys: z.array(z.string()) }),
    ({ userName, tagKeys }) =>
      user(userName, { tags: Object.fromEntries(tagKeys.map((key) => [key, null])) }),
  ),
  // ForceMFA was attached: the user may not be one to block.
  AttachUserPolicy: row(
    'block',
    z.looseObject({ userName: UserName, policyArn: z.string() }),
    ({ userName, policyArn }) => user(userName, { policies: { [policyArn]: true } }),
  ),
  // ForceMFA was detached: it may have to be attached again.
  DetachUserPolicy: row(
    'block',
    z.looseObject({ userName: UserName, policyArn: z.string() }),
    ({ userName, policyArn }) => user(userName, { policies: { [policyArn]: false } }),
  ),
  // The user was added to the deny group: the user may not be one to block.
  AddUserToGroup: row(
    'group',
    z.looseObject({ userName: UserName, groupName: z.string() }),
    ({ userName, groupName }) => user(userName, { groups: { [groupName]: true } }),
  ),
  // The user was removed from the deny group: another block method may be due.
  RemoveUserFromGroup: row(
    'group',
    z.looseObject({ userName: UserName, groupName: z.string() }),
    ({ userName, groupName }) => user(userName, { groups: { [groupName]: false } }),
  ),
  // The inline deny was written: the user may not be one to block.
  PutUserPolicy: row(
    'inline',
    z.looseObject({ userName: UserName, policyName: z.string() }),
    ({ userName }) => user(userName, {}),
  ),
  // The inline deny was deleted: it may have to be written again.
  DeleteUserPolicy: row(
    'inline',
    z.looseObject({ userName: UserName, policyName: z.string() }),
    ({ userName }) => user(userName, {}),
  ),
  // A boundary of ours may have been replaced.
  PutUserPermissionsBoundary: row(
    'boundary',
    z.looseObject({ userName: UserName, permissionsBoundary: z.string() }),
    ({ userName, permissionsBoundary }) => user(userName, { boundary: permissionsBoundary }),
  ),
  // A boundary of ours may have been removed.
  DeleteUserPermissionsBoundary: row(
    'boundary',
    z.looseObject({ userName: UserName }),
    ({ userName }) => user(userName, { boundary: null }),
  ),

  // A policy of the enforcer was edited.
  CreatePolicyVersion: row(
    'policy',
    z.looseObject({ policyArn: z.string(), setAsDefault: z.boolean().nullish() }),
    ({ policyArn, setAsDefault }, record) => {
      const created = PolicyVersionResponse.safeParse(record.responseElements).data;
      const versionId = created?.policyVersion.versionId ?? null;
      return { kind: 'policy', policyArn, defaultVersionId: setAsDefault ? versionId : null };
    },
  ),
  // Another version of a policy of the enforcer became the default.
  SetDefaultPolicyVersion: row(
    'policy',
    z.looseObject({ policyArn: z.string(), versionId: z.string() }),
    ({ policyArn, versionId }) => ({ kind: 'policy', policyArn, defaultVersionId: versionId }),
  ),
  // A version of a policy of the enforcer was deleted.
  DeletePolicyVersion: row('policy', z.looseObject({ policyArn: z.string() }), ({ policyArn }) => ({
    kind: 'policy',
    policyArn,
    defaultVersionId: null,
  })),
  // A policy of the enforcer was deleted.
  DeletePolicy: row('policy', z.looseObject({ policyArn: z.string() }), ({ policyArn }) => ({
    kind: 'policy',
    policyArn,
    defaultVersionId: null,
  })),

  // A policy of the enforcer was tagged: it may be the probe of the event path.
  TagPolicy: row(
    'policy',
    z.looseObject({ policyArn: z.string(), tags: Tags }),
    ({ policyArn, tags }) => {
      const value = tags.find(({ key }) => key === PROBE_TAG)?.value;
      return value === undefined
        ? { kind: 'nobody', reason: 'a tag of a policy blocks and unblocks nobody' }
        : { kind: 'probe', policyArn, value };
    },
  ),
  // An exempt user has one more credential that works without MFA.
  CreateAccessKey: row(
    'credentials',
    MaybeNamed,
    ({ userName }: { userName?: string | null | undefined }, record) =>
      named(record, userName, (name) => access(name, 'access-key')),
  ),
  CreateServiceSpecificCredential: row(
    'credentials',
    z.looseObject({ userName: UserName }),
    ({ userName }) => access(userName, 'service-credential'),
  ),
  UploadSSHPublicKey: row('credentials', z.looseObject({ userName: UserName }), ({ userName }) =>
    access(userName, 'ssh-key'),
  ),

  ChangePassword: ignored('a changed password changes neither scope nor MFA'),
  CreateVirtualMFADevice: ignored('a device protects no user until EnableMFADevice assigns it'),
  ResyncMFADevice: ignored('resynchronising leaves the device where it is'),
};

/** A path may exempt the user, or end an exemption. */
function pathIs(path: string | null | undefined): Expectation {
  return path ? { path } : {};
}

function tagMap(tags: z.infer<typeof Tags>): Record<string, string> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}
