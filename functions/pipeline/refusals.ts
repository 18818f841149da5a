import { IAMServiceException } from '@aws-sdk/client-iam';
import type { Reason } from '../../events/outcome.ts';

/** What a person must do about an error that trying again does not mend, by the SDK's error name. */
const permanent: Readonly<Record<string, string>> = {
  UnmodifiableEntityException: 'AWS does not let this user be modified',
  PolicyNotAttachableException: 'AWS does not let ForceMFA be attached',
};

const DENIED = ['AccessDenied', 'AccessDeniedException'];

/** AWS names the action in its message: "… is not authorized to perform: iam:AttachUserPolicy on resource: …". */
function deniedText(message: string): string {
  const action = /not authorized to perform: (\S+)/.exec(message)?.[1] ?? 'it';
  return `AWS denies ${action}: is the permission missing, is the user tagged break-glass, or is an SCP in the way?`;
}

/** The reason why IAM refuses for good, or null where another try may mend it. */
export function refusalOf(error: unknown): Reason | null {
  if (!(error instanceof IAMServiceException)) return null;
  // An earlier try of the SDK may have taken effect, its answer lost: another look will tell.
  if ((error.$metadata?.attempts ?? 1) > 1) return null;
  if (DENIED.includes(error.name)) return { code: error.name, text: deniedText(error.message) };
  const text = Object.hasOwn(permanent, error.name) ? permanent[error.name] : undefined;
  return text === undefined ? null : { code: error.name, text };
}
