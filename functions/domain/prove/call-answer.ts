/** What AWS's answer to a canary's call shows. */
export type CallAnswer =
  /** The credentials are so new that AWS does not know them everywhere. */
  | 'unknown-credentials'
  /** An identity-based policy or a permissions boundary denies the call explicitly, as a block does. */
  | 'explicit-deny'
  /** Another kind of policy denies it explicitly, which hides whether the block does. */
  | 'denied-elsewhere'
  /** No policy allows the call: the canary's inline policy is not known everywhere yet. */
  | 'not-allowed'
  /** STS does not take the MFA code, or does not know the device yet. */
  | 'wrong-code'
  /** Anything else shows nothing. */
  | 'other';

// The SDK adds Exception to some codes.
const UNKNOWN = /^(InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId)(Exception)?$/;
const DENIED = /^AccessDenied(Exception)?$/;
/** STS: "MultiFactorAuthentication failed with invalid MFA one time pass code", or "… unable to validate MFA code". */
const WRONG_CODE = /MultiFactorAuthentication failed/i;

/**
 * Reads what refused a canary's call.
 * @param error of the SDK. Its message names the kind of policy that denies (IAM User Guide, "Troubleshoot access denied error
 *   messages"); of several kinds it names one
 */
export function answerOfRefusal({ name, message }: Error): CallAnswer {
  if (UNKNOWN.test(name)) return 'unknown-credentials';
  if (!DENIED.test(name)) return 'other';
  if (WRONG_CODE.test(message)) return 'wrong-code';
  const by = /explicit deny in an? ([a-z -]+)/i.exec(message)?.[1];
  if (by === undefined) return 'not-allowed';
  return /^(identity-based policy|permissions boundary)/i.test(by)
    ? 'explicit-deny'
    : 'denied-elsewhere';
}
