import { IAMServiceException } from '@aws-sdk/client-iam';
import type { Reason } from '../../events/outcome.ts';

const DENIED =
  'the enforcer’s role may not do it: is the user tagged break-glass, or is an SCP in the way?';

/** What a person must do about an error that trying again does not mend, by the SDK's error name. */
const permanent: Readonly<Record<string, string>> = {
  UnmodifiableEntityException: 'AWS does not let this user be modified',
  PolicyNotAttachableException: 'AWS does not let ForceMFA be attached',
  AccessDenied: DENIED,
  AccessDeniedException: DENIED,
};

/** The reason why IAM refuses for good, or null where another try may mend it. */
export function refusalOf(error: unknown): Reason | null {
  if (!(error instanceof IAMServiceException)) return null;
  const text = Object.hasOwn(permanent, error.name) ? permanent[error.name] : undefined;
  return text === undefined ? null : { code: error.name, text };
}
