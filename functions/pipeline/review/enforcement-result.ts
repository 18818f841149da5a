import { IAMServiceException } from '@aws-sdk/client-iam';
import type { BlockMethod, Reason } from '../../../events/outcome.ts';
import { mayBeDone } from '../../domain/review/iam-errors.ts';

/** IAM, or the account, does not let the user be blocked or unblocked. */
interface CouldNot {
  readonly kind: 'could-not';
  readonly why: Reason;
  /** The user's permissions boundary, if a method has read it. */
  readonly boundarySeen?: string | null;
}

/** Why a user may not be blocked. */
export type Refusal =
  | CouldNot
  | {
      readonly kind: 'breaker-open';
      /** Blocked users in IAM's list, and users with a reservation that IAM may not list yet. */
      readonly counted: number;
      readonly assumed: number;
      readonly limit: number;
    };

/** The result of a block or an unblock. */
export type Enforced =
  | {
      readonly kind: 'blocked';
      readonly method: BlockMethod;
      /** The user's permissions boundary; null for none. Absent if no method has read it. */
      readonly boundarySeen?: string | null;
    }
  | { readonly kind: 'unblocked'; readonly methods: readonly BlockMethod[] }
  /** IAM does not know the attachment to remove: the read was stale. */
  | { readonly kind: 'not-there' }
  /** A read may be stale for the next method. Nothing was changed. */
  | { readonly kind: 'stale'; readonly seconds?: number }
  | CouldNot;

/** Texts of errors that another try does not fix, by the SDK's error name. */
const permanent: Readonly<Record<string, string>> = {
  UnmodifiableEntityException: 'AWS does not allow changes to this user',
  PolicyNotAttachableException: 'AWS does not allow attaching ForceMFA',
};

const DENIED = ['AccessDenied', 'AccessDeniedException'];

/** AWS names the action in its message: "… is not authorized to perform: iam:AttachUserPolicy on resource: …". */
function deniedText(message: string): string {
  const action = /not authorized to perform: (\S+)/.exec(message)?.[1] ?? 'it';
  return `AWS denied ${action}: the permission is missing, the user has the break-glass tag, or an SCP denies the call`;
}

/** The reason of a permanent refusal by IAM, or null if another try may succeed. */
export function refusalOf(error: unknown): Reason | null {
  if (!(error instanceof IAMServiceException)) return null;
  // An earlier attempt of the SDK may have succeeded. The next review reads the result.
  if (mayBeDone(error)) return null;
  if (DENIED.includes(error.name)) return { code: error.name, text: deniedText(error.message) };
  const text = Object.hasOwn(permanent, error.name) ? permanent[error.name] : undefined;
  return text === undefined ? null : { code: error.name, text };
}
