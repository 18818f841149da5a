import type { Probe, Proof } from '../../../events/event-path.ts';
import type { ProbeSeen } from '../../../events/message.ts';
import { isSameName } from '../../../events/names.ts';
import { probeRole } from '../accounts/spoke.ts';
import type { Settings } from '../rules/settings.ts';

/** What only the enforcer's own probe of an account has. */
interface OwnProbe {
  readonly policyArn: string;
  /** The role that makes the call: in the hub's account that of nightly-sweep, in a spoke the role for probes. */
  readonly roleArn: string;
}

/**
 * What the enforcer's own probe of an account looks like.
 * @param hub the hub's settings
 * @param sweepRoleArn the role of nightly-sweep
 * @param account the account that was probed
 */
export function ownProbe(
  { account: own, policyArn, denyGroup }: Pick<Settings, 'account' | 'policyArn' | 'denyGroup'>,
  sweepRoleArn: string,
  account: string,
): OwnProbe {
  if (account === own) return { policyArn, roleArn: sweepRoleArn };
  const there = policyArn.replace(`::${own}:`, `::${account}:`);
  return {
    policyArn: there,
    roleArn: there.replace(/:policy\/.*/, `:role/${probeRole(denyGroup)}`),
  };
}

/**
 * Why a tag on a policy proves nothing about the event path. Anyone with iam:TagPolicy can write the tag, and a probe of an
 * old sweep may arrive late, so the caller's role and the value must be those of the last probe.
 * @param probe the account's last probe, null for none
 * @returns null where the event is the last probe's
 */
export function provesNothing(seen: ProbeSeen, own: OwnProbe, probe: Probe | null): string | null {
  if (!isSameName(seen.policyArn, own.policyArn)) return 'another policy was tagged';
  if (seen.roleArn === null || !isSameName(seen.roleArn, own.roleArn)) {
    return 'the tag was not written by the enforcer';
  }
  return seen.value === probe?.value ? null : 'the tag is not of the last probe';
}

/**
 * The proof that an account's event path works.
 * @param now when on-iam-change has the event
 */
export function proofOf({ account, value, sentAt }: Probe, now: Date): Proof {
  return {
    schema: 'mfa-enforcer/proof/1',
    account,
    value,
    receivedAt: now.toISOString(),
    // The clocks of two functions may differ.
    latencyMs: Math.max(0, now.getTime() - Date.parse(sentAt)),
  };
}

/** The clocks of two functions differ by less. */
const CLOCKS_DIFFER_MS = 60_000;

/** Whether the check of the probe's sweep may have found silence before the proof. */
export function isLateProof({ dueAt }: Pick<Probe, 'dueAt'>, receivedAt: Date): boolean {
  return receivedAt.getTime() >= Date.parse(dueAt) - CLOCKS_DIFFER_MS;
}
