/** How an error of IAM is handled. */
interface Treatment {
  /** How the SDK retries within the call: CLIENT_ERROR is not retried. */
  readonly retry: 'TRANSIENT' | 'THROTTLING' | 'CLIENT_ERROR';
  /** After the last retry, the message is delivered again within seconds. Otherwise its record fails. */
  readonly comesAgain: boolean;
  readonly source: string;
}

const API = 'IAM API Reference';

/**
 * IAM's errors that are temporary or look temporary, by code, without the "Exception" that the SDK adds. Every other error is
 * left to the SDK.
 */
export const iamErrors: Readonly<Record<string, Treatment>> = {
  // 409, which the SDK does not retry. AttachUserPolicy answers it too, though AWS does not document it there.
  ConcurrentModification: {
    retry: 'TRANSIENT',
    comesAgain: true,
    source: `${API}, TagUser; hashicorp/terraform-provider-aws#34371`,
  },
  // 409, which the SDK does not retry. AWS: "likely to succeed if you try again after waiting several minutes".
  EntityTemporarilyUnmodifiable: {
    retry: 'TRANSIENT',
    comesAgain: true,
    source: `${API}, DeleteLoginProfile`,
  },
  // 409: a quota is full. The SDK treats it as throttling, as other services use it: six tries, 15 s.
  LimitExceeded: {
    retry: 'CLIENT_ERROR',
    comesAgain: false,
    source: `${API}, AttachUserPolicy; @smithy/core, THROTTLING_ERROR_CODES`,
  },
  Throttling: { retry: 'THROTTLING', comesAgain: false, source: `${API}, Common Error Types` },
  ServiceFailure: { retry: 'TRANSIENT', comesAgain: false, source: `${API}, AttachUserPolicy` },
  InternalFailure: { retry: 'TRANSIENT', comesAgain: false, source: `${API}, Common Error Types` },
  ServiceUnavailable: {
    retry: 'TRANSIENT',
    comesAgain: false,
    source: `${API}, Common Error Types`,
  },
  RequestTimeout: { retry: 'TRANSIENT', comesAgain: false, source: `${API}, Common Error Types` },
};

/**
 * Finds the treatment of an error.
 * @param error anything that an IAM call threw
 * @returns undefined for an error that is not in the table
 */
export function treatmentOf(error: unknown): Treatment | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = codeOf(error);
  return Object.hasOwn(iamErrors, code) ? iamErrors[code] : undefined;
}

/** IAM's answers that it did nothing. */
const refusals = [
  'AccessDenied',
  'ConcurrentModification',
  'EntityTemporarilyUnmodifiable',
  'LimitExceeded',
  'NoSuchEntity',
  'PolicyNotAttachable',
  'Throttling',
  'UnmodifiableEntity',
];

/**
 * Whether a call that ended with an error may have been done. Only a refusal shows that it was not, and only where each
 * attempt of the SDK was refused.
 * @param error anything that an IAM call threw; IAM's client marks it with `lostAnswer` where an attempt was not refused
 */
export function mayBeDone(error: unknown): boolean {
  if (!(error instanceof Error) || !refusals.includes(codeOf(error))) return true;
  return 'lostAnswer' in error;
}

const codeOf = ({ name }: Error) => name.replace(/Exception$/, '');
