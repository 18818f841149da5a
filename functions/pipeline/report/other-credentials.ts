import type { IAMClient } from '@aws-sdk/client-iam';
import type { Reason } from '../../../events/outcome.ts';
import type {
  LiveSource,
  ReportedServiceCredential,
  ReportedSshKey,
} from '../../../events/report.ts';
import { listServiceCredentials } from '../../io/iam-account.ts';
import { listSshKeys } from '../../io/iam-user.ts';

type ReasonOf = (error: unknown) => Reason;

/** The service-specific credentials of an account's users. */
export interface ServiceCredentialFacts {
  readonly source: LiveSource;
  /** Null where they could not be read. */
  of(user: string): ReportedServiceCredential[] | null;
}

/** Reads the service-specific credentials of all users. It throws nothing: without them the facts are absent. */
export async function readServiceCredentials(
  iam: IAMClient,
  reasonOf: ReasonOf,
): Promise<ServiceCredentialFacts> {
  try {
    const byUser = await listServiceCredentials(iam);
    return { source: { status: 'read' }, of: (user) => byUser.get(user) ?? [] };
  } catch (error) {
    return noServiceCredentials(reasonOf(error));
  }
}

/** No facts, and why. */
export function noServiceCredentials(problem: Reason): ServiceCredentialFacts {
  return { source: { status: 'not-read', problem }, of: () => null };
}

/**
 * Reads SSH keys user by user, because IAM has no list of all. The first failure ends it: a missing right would fail for
 * each user.
 */
export class SshKeyReader {
  readonly #iam: IAMClient;
  readonly #reasonOf: ReasonOf;
  #source: LiveSource = { status: 'read' };

  constructor(iam: IAMClient, reasonOf: ReasonOf) {
    this.#iam = iam;
    this.#reasonOf = reasonOf;
  }

  /** The user's keys, or null where they cannot be read. */
  async read(user: string): Promise<ReportedSshKey[] | null> {
    if (this.#source.status === 'not-read') return null;
    try {
      return await listSshKeys(this.#iam, user);
    } catch (error) {
      this.#source = { status: 'not-read', problem: this.#reasonOf(error) };
      return null;
    }
  }

  get source(): LiveSource {
    return this.#source;
  }
}
