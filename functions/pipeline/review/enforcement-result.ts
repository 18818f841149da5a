import { IAMServiceException } from '@aws-sdk/client-iam';
import type { BlockMethod, Reason } from '../../../events/outcome.ts';

/** IAM, or the account, does not let the user be blocked or unblocked. */
interface CouldNot {
  readonly kind: 'could-not';
  readonly why: Reason;
  /** The permissions boundary that the user had, where a method looked at it. */
  readonly boundarySeen?: string | null;
}

/** Why a user may not be blocked. */
export type Refusal =
  | CouldNot
  | {
      readonly kind: 'breaker-open';
      /** Blocked users in IAM's list, and those reserved for whom it may not list yet. */
      readonly counted: number;
      readonly assumed: number;
      readonly limit: number;
    };

/** What came of a block or an unblock. */
export type Enforced =
  | {
      readonly kind: 'blocked';
      readonly method: BlockMethod;
      /** The permissions boundary that the user had; null: none. Absent where no method looked at it. */
      readonly boundarySeen?: string | null;
    }
  | { readonly kind: 'unblocked'; readonly methods: readonly BlockMethod[] }
  /** IAM does not know of what was to be undone: the reading was too old. */
  | { readonly kind: 'not-there' }
  /** A reading may still be too old for the method that is next. Nothing was done. */
  | { readonly kind: 'stale'; readonly seconds?: number }
  | CouldNot;

/** What a person must do about an error that trying again does not fix, by the SDK's error name. */
const permanent: Readonly<Record<string, string>> = {
  UnmodifiableEntityException: 'AWS does not allow changes to this user',
  PolicyNotAttachableException: 'AWS does not allow attaching ForceMFA',
};

const DENIED = ['AccessDenied', 'AccessDeniedException'];

/** AWS names the action in its message: "… is not authorized to perform: iam:AttachUserPolicy on resource: …". */
function deniedText(message: string): string {
  const action = /not authorized to perform: (\S+)/.exec(message)?.[1] ?? 'it';
  return `AWS denies ${action}: the permission is missing, the user has the break-glass tag, or an SCP denies the call`;
}

/** The reason why IAM refuses for good, or null where another try may fix it. */
export function refusalOf(error: unknown): Reason | null {
  if (!(error instanceof IAMServiceException)) return null;
  // An earlier try of the SDK may have taken effect, its answer lost: another look will tell.
  if ((error.$metadata?.attempts ?? 1) > 1) return null;
  if (DENIED.includes(error.name)) return { code: error.name, text: deniedText(error.message) };
  const text = Object.hasOwn(permanent, error.name) ? permanent[error.name] : undefined;
  return text === undefined ? null : { code: error.name, text };
}
