import type { Outcome, OutcomeKind, OutcomeOf } from '../../../events/outcome.ts';

/** How repetitions of one kind of outcome are recognised. */
interface Dedup<O extends Outcome> {
  /** Outcomes with the same key are about the same problem. Null for an outcome that is always sent. */
  key(outcome: O): string | null;
  /** What makes an outcome new. The time and the sweep that found it do not count. */
  content(outcome: O): unknown;
}

/** The kinds that sweeps find night after night. An outcome of any other kind, such as a block, is always sent. */
const dedups: { readonly [K in OutcomeKind]?: Dedup<OutcomeOf<K>> } = {
  'could-not-enforce': {
    key: (outcome) => foundBySweep(outcome, `${outcome.account}/${outcome.user}`),
    content: ({ why, reasons }) => [why, reasons],
  },
  'orphan-device': {
    // A deleted device is an action, not a problem that lasts.
    key: (outcome) =>
      outcome.result === 'deleted'
        ? null
        : foundBySweep(outcome, `${outcome.account}/${outcome.serial}`),
    content: ({ serial }) => serial,
  },
  'policy-changed': {
    // A restored policy is an action, not a problem that lasts.
    key: (outcome) =>
      outcome.state === 'restored' ? null : foundBySweep(outcome, outcome.policyArn),
    content: ({ state, versionId }) => [state, versionId],
  },
  'tampering-seen': {
    key: (outcome) => foundBySweep(outcome, outcome.account),
    content: ({ what }) => what,
  },
  'breaker-open': {
    key: (outcome) => foundBySweep(outcome, outcome.account),
    content: ({ mode, total, users, limit }) => [mode, total, users, limit],
  },
  // A sweep and every event in the account find the same: the account cannot be read.
  'account-unreachable': {
    key: ({ kind, account }) => `${kind}/${account}`,
    content: ({ why }) => why.code,
  },
  'sweep-finished': {
    key: ({ kind, account }) => `${kind}/${account}`,
    content: (outcome) => [
      sweepContent(outcome),
      outcome.differing.map(({ user, action }) => [user, action]),
      outcome.blockedUsers,
      outcome.breakGlassWithoutMfa,
      outcome.endingExemptions.map(({ user, until }) => [user, until]),
    ],
  },
  'organization-swept': {
    key: ({ kind, organization }) => `${kind}/${organization}`,
    content: (outcome) => [
      sweepContent(outcome),
      outcome.accounts,
      outcome.unswept.map(({ account, why }) => [account, why.code]),
      outcome.withFindings.map(({ account, mode, totals }) => [
        account,
        mode,
        totals.blocked,
        totals.unprotected,
      ]),
      outcome.breakGlassWithoutMfa.map(({ account, user }) => [account, user]),
      outcome.endingExemptions.map(({ account, user, until }) => [account, user, until]),
      outcome.unprovenPaths?.map(({ account, state }) => [account, state]),
    ],
  },
};

function foundBySweep(
  { kind, cause }: Extract<Outcome, { cause: unknown }>,
  subject: string,
): string | null {
  return cause.kind === 'sweep' ? `${kind}/${subject}` : null;
}

function sweepContent(outcome: OutcomeOf<'sweep-finished' | 'organization-swept'>): unknown[] {
  const { mode, differences, totals } = outcome;
  const { blocked, unprotected, exempt } = totals;
  // The errors' texts may change from night to night.
  const failed: readonly { readonly part: string; readonly account?: string }[] =
    outcome.failedParts;
  const parts = failed.map(({ account, part }) => [account, part]);
  return [parts, mode, differences, blocked, unprotected, exempt];
}

function dedupOf<O extends Outcome>({ kind }: O): Dedup<O> | undefined {
  // The compiler does not relate the row to the kind.
  return dedups[kind] as Dedup<never> | undefined;
}

/**
 * Sweeps find the same problem night after night, and it is sent once.
 * @returns the key under which outcomes are compared; null for an outcome that is always sent, such as every block
 */
export function dedupKey(outcome: Outcome): string | null {
  return dedupOf(outcome)?.key(outcome) ?? null;
}

/** The content of an outcome that makes it new. */
export function fingerprint(outcome: Outcome): string {
  return JSON.stringify(dedupOf(outcome)?.content(outcome) ?? outcome.id);
}
