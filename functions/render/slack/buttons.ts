import type { Outcome, OutcomeKind } from '../../../events/outcome.ts';
import { userUrl } from '../console-links.ts';
import { type Block, contextBlock, links } from './blocks.ts';
import { formatAccount, type MessageContext } from './format.ts';

/** A page of the AWS console. */
export interface ConsolePage {
  /** What its button says. */
  readonly text: string;
  readonly url: string;
}

/**
 * The buttons of a message about one outcome.
 * @param page null where the console has no page for it
 * @param isForAction whether a person must do something about it
 */
export function buttonsOf(
  outcome: Outcome,
  context: MessageContext,
  page: ConsolePage | null,
  isForAction = true,
): readonly (Block | null)[] {
  return buttons(context, {
    kinds: isForAction ? [outcome.kind] : [],
    page,
    account: `account ${formatAccount(outcome)}`,
  });
}

/** The buttons of a message about one user. */
export function userButtons(
  outcome: Extract<Outcome, { user: string }>,
  context: MessageContext,
  isForAction = true,
): readonly (Block | null)[] {
  const page = { text: 'Open the user', url: userUrl(context.partition, outcome.user) };
  return buttonsOf(outcome, context, page, isForAction);
}

/**
 * The buttons of a message: to the runbook's entry of each kind, where the deployment has a runbook, and to the console.
 * @param kinds those that a person must do something about
 * @param page null where the console has no page for it
 * @param account which account to be signed in to: the console shows the account of the browser's session, whatever the link
 */
export function buttons(
  { runbookUrl }: MessageContext,
  {
    kinds,
    page,
    account,
  }: {
    readonly kinds: readonly OutcomeKind[];
    readonly page: ConsolePage | null;
    readonly account: string;
  },
): readonly (Block | null)[] {
  const entries = runbookUrl === null ? [] : kinds.map((kind) => runbookEntry(runbookUrl, kind));
  const [first] = entries;
  const runbook =
    entries.length === 1 && first ? [{ ...first, text: 'Open the runbook' }] : entries;
  return [
    links([...runbook, ...(page === null ? [] : [{ id: 'console', ...page }])]),
    page === null
      ? null
      : contextBlock(
          `The console opens in the account that you are signed in to. Sign in to ${account} first.`,
        ),
  ];
}

/** A kind is the anchor of its entry (docs/runbook.md). */
function runbookEntry(runbookUrl: string, kind: OutcomeKind) {
  return { id: `runbook-${kind}`, text: `Runbook: ${kind}`, url: `${runbookUrl}#${kind}` };
}
