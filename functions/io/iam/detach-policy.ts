import { DetachUserPolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { type WasThere, wasThere } from './no-such-entity.ts';

/** Detaches a managed policy from a user. @returns false where it was not attached, or there is no such user any more */
export const detachPolicy = needs(
  ['iam:DetachUserPolicy'],
  async (iam: IAMClient, user: string, policyArn: string): Promise<WasThere> =>
    wasThere(() => iam.send(new DetachUserPolicyCommand({ UserName: user, PolicyArn: policyArn }))),
);
