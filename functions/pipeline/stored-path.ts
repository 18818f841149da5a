import { PathRecord, Probe, Proof } from '../../events/event-path.ts';
import { stateKeys } from '../../events/state-keys.ts';
import type { PathEntries } from '../domain/accounts/event-path.ts';
import type { Log } from '../runtime/log.ts';
import { hasCome, readStored } from './state-store.ts';

type Text = string | null | undefined;

/** How an entry about an account's event path is read. `log` is absent in a command, which reports missing data itself. */
interface About {
  readonly account: string;
  readonly now: Date;
  readonly log?: Pick<Log, 'error'>;
}

/** The entries are kept as long as the records of sweeps. */
export const PATH_KEPT_MS = 400 * 24 * 60 * 60 * 1000;

/** The account's last probe, if the entry is valid: see readStored. */
export function readProbe(text: Text, { account, now, ...log }: About): Probe | null {
  return readStored(text, {
    id: stateKeys.probe(account),
    schema: Probe,
    isPossible: (probe) =>
      probe.account === account && hasCome(now)(probe.sentAt) && probe.dueAt >= probe.sentAt,
    ...log,
  });
}

/** The account's last proof, if the entry is valid: see readStored. */
export function readProof(text: Text, { account, now, ...log }: About): Proof | null {
  return readStored(text, {
    id: stateKeys.proof(account),
    schema: Proof,
    isPossible: (proof) =>
      proof.account === account && hasCome(now)(proof.receivedAt) && proof.latencyMs >= 0,
    ...log,
  });
}

/** What the last check of the account's event path found, if the entry is valid: see readStored. */
function readPath(text: Text, { account, now, ...log }: About): PathRecord | null {
  return readStored(text, {
    id: stateKeys.path(account),
    schema: PathRecord,
    isPossible: (path) =>
      path.account === account &&
      path.sweeps >= 0 &&
      [path.since, path.reportedAt ?? path.since].every(hasCome(now)),
    ...log,
  });
}

/** The keys of the entries about an account's event path. */
export function pathKeys(account: string): string[] {
  return [stateKeys.probe(account), stateKeys.proof(account), stateKeys.path(account)];
}

/**
 * The entries about an account's event path, as far as they are valid.
 * @param found key → text, read with pathKeys
 */
export function pathEntries(found: ReadonlyMap<string, string>, about: About): PathEntries {
  const { account } = about;
  return {
    probe: readProbe(found.get(stateKeys.probe(account)), about),
    proof: readProof(found.get(stateKeys.proof(account)), about),
    path: readPath(found.get(stateKeys.path(account)), about),
  };
}
