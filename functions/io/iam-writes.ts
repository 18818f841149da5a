import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  DeleteUserPermissionsBoundaryCommand,
  DeleteUserPolicyCommand,
  DeleteVirtualMFADeviceCommand,
  DetachUserPolicyCommand,
  type IAMClient,
  NoSuchEntityException,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  SetDefaultPolicyVersionCommand,
  TagPolicyCommand,
} from '@aws-sdk/client-iam';
import { mayBeDone } from '../domain/review/iam-errors.ts';
import { needs } from './needs.ts';

/** Attaches a managed policy to a user. Idempotent in IAM. Throws LimitExceeded where the quota is full. */
export const attachPolicy = needs(
  ['iam:AttachUserPolicy'],
  async (iam: IAMClient, user: string, policyArn: string): Promise<void> => {
    await iam.send(new AttachUserPolicyCommand({ UserName: user, PolicyArn: policyArn }));
  },
);

/** Detaches a managed policy from a user. @returns false where it was not attached, or there is no such user any more */
export const detachPolicy = needs(
  ['iam:DetachUserPolicy'],
  async (iam: IAMClient, user: string, policyArn: string): Promise<WasThere> =>
    wasThere(() => iam.send(new DetachUserPolicyCommand({ UserName: user, PolicyArn: policyArn }))),
);

/** Puts a user into a group. Idempotent in IAM. Throws LimitExceeded where the quota is full. */
export const addToGroup = needs(
  ['iam:AddUserToGroup'],
  async (iam: IAMClient, user: string, group: string): Promise<void> => {
    await iam.send(new AddUserToGroupCommand({ UserName: user, GroupName: group }));
  },
);

/** Takes a user out of a group. @returns false where there is no such user or group any more */
export const removeFromGroup = needs(
  ['iam:RemoveUserFromGroup'],
  async (iam: IAMClient, user: string, group: string): Promise<WasThere> =>
    wasThere(() => iam.send(new RemoveUserFromGroupCommand({ UserName: user, GroupName: group }))),
);

/** Sets a user's permissions boundary. It replaces an existing one, so call it only for a user without a boundary. */
export const putBoundary = needs(
  ['iam:PutUserPermissionsBoundary'],
  async (iam: IAMClient, user: string, policyArn: string): Promise<void> => {
    await iam.send(
      new PutUserPermissionsBoundaryCommand({ UserName: user, PermissionsBoundary: policyArn }),
    );
  },
);

/**
 * Removes a user's permissions boundary, so call it only for a user with the enforcer's boundary.
 * @returns false where there was none, or there is no such user any more
 */
export const deleteBoundary = needs(
  ['iam:DeleteUserPermissionsBoundary'],
  async (iam: IAMClient, user: string): Promise<WasThere> =>
    wasThere(() => iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName: user }))),
);

/** Writes an inline policy of a user. Throws LimitExceeded where their 2,048 characters are full. */
export const putInlinePolicy = needs(
  ['iam:PutUserPolicy'],
  async (iam: IAMClient, user: string, name: string, document: object): Promise<void> => {
    await iam.send(
      new PutUserPolicyCommand({
        UserName: user,
        PolicyName: name,
        PolicyDocument: JSON.stringify(document),
      }),
    );
  },
);

/** Deletes an inline policy of a user. @returns false where it was not there, or there is no such user any more */
export const deleteInlinePolicy = needs(
  ['iam:DeleteUserPolicy'],
  async (iam: IAMClient, user: string, name: string): Promise<WasThere> =>
    wasThere(() => iam.send(new DeleteUserPolicyCommand({ UserName: user, PolicyName: name }))),
);

/**
 * Deletes a virtual MFA device that is assigned to nobody.
 * @returns false where there is none any more
 * @throws DeleteConflict for a device that is assigned (IAM API Reference, DeleteVirtualMFADevice)
 */
export const deleteVirtualDevice = needs(
  ['iam:DeleteVirtualMFADevice'],
  async (iam: IAMClient, serial: string): Promise<WasThere> =>
    wasThere(() => iam.send(new DeleteVirtualMFADeviceCommand({ SerialNumber: serial }))),
);

/** Makes an existing version of a managed policy its default. It can only choose among versions that exist. */
export const setDefaultVersion = needs(
  ['iam:SetDefaultPolicyVersion'],
  async (iam: IAMClient, policyArn: string, versionId: string): Promise<void> => {
    await iam.send(
      new SetDefaultPolicyVersionCommand({ PolicyArn: policyArn, VersionId: versionId }),
    );
  },
);

/**
 * Sets a tag of a managed policy. Idempotent in IAM.
 * @returns false where there is no such policy
 */
export const tagPolicy = needs(
  ['iam:TagPolicy'],
  async (iam: IAMClient, policyArn: string, key: string, value: string): Promise<boolean> => {
    try {
      await iam.send(
        new TagPolicyCommand({ PolicyArn: policyArn, Tags: [{ Key: key, Value: value }] }),
      );
      return true;
    } catch (error) {
      if (error instanceof NoSuchEntityException) return false;
      throw error;
    }
  },
);

/** Whether there was something to remove. likely: the answer of the attempt that removed it was lost, or another caller removed it. */
export type WasThere = boolean | 'likely';

/**
 * Runs a call that removes something.
 * @returns false if IAM answers that there was nothing to remove; likely if it answers so after a lost answer
 */
async function wasThere(call: () => Promise<unknown>): Promise<WasThere> {
  try {
    await call();
    return true;
  } catch (error) {
    if (!(error instanceof NoSuchEntityException)) throw error;
    return mayBeDone(error) && 'likely';
  }
}
