import type { IAMClient } from '@aws-sdk/client-iam';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Settings } from '../../domain/rules/settings.ts';

/** Credentials of the canary: its access key, or its session with MFA. */
export interface CanaryCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What `prove` works with. */
export interface ProveDeps {
  /** With the operator's credentials. */
  readonly iam: IAMClient;
  /** With those of the canary. */
  readonly as: (credentials: CanaryCredentials) => {
    readonly iam: IAMClient;
    readonly sts: STSClient;
  };
  readonly settings: Settings;
  readonly partition: string;
  /** AWS is an emulator on this machine, which may enforce no policies. */
  readonly isLoopback: boolean;
  /** Whether the deployment reported that it would block a user; null where its state table is out of reach. */
  readonly wasReported: ((user: string) => Promise<boolean>) | null;
  readonly now: () => Date;
  readonly pause: (ms: number) => Promise<unknown>;
  /** Aborted when the person interrupts the run. */
  readonly interrupted: AbortSignal;
  /** How long a stage may take. */
  readonly limitMs: number;
  /** Describes an error of a call. */
  readonly describe: (error: unknown) => string;
}

/** The person has interrupted the run. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

const LOOK_EVERY_MS = 1_000;

/** @throws Interrupted */
export function refuseInterrupted({ interrupted }: Pick<ProveDeps, 'interrupted'>): void {
  if (interrupted.aborted) throw new Interrupted();
}

/**
 * Looks again and again, until there is an answer or the stage's time is over.
 * @param look null: not yet
 * @returns null if the time is over
 * @throws Interrupted; the error of look
 */
export async function until<T>(
  deps: Pick<ProveDeps, 'interrupted' | 'limitMs' | 'now' | 'pause'>,
  look: () => Promise<T | null>,
): Promise<T | null> {
  const end = deps.now().getTime() + deps.limitMs;
  for (;;) {
    refuseInterrupted(deps);
    const answer = await look();
    if (answer !== null) return answer;
    if (deps.now().getTime() >= end) return null;
    await deps.pause(LOOK_EVERY_MS);
  }
}
