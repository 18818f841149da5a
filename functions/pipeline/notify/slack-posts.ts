import type { Outcome } from '../../../events/outcome.ts';
import type { SlackMessage } from '../../render/slack/blocks.ts';
import { type BreakerOpen, breakersAsOne } from '../../render/slack/breaker-open.ts';
import { DIGEST_AT_MOST, digest, isDigestible, isProminent } from '../../render/slack/digest.ts';
import type { MessageContext } from '../../render/slack/format.ts';
import { slackMessage } from '../../render/slack/kinds.ts';
import type { Delivery, Post } from './channel.ts';
import type { SlackHistory } from './slack-history.ts';

/** One message to Slack, and its outcomes. */
export interface SlackPost extends Post {
  readonly message: SlackMessage;
}

// Fewer outcomes are posted one by one, with full details.
const DIGEST_FROM = 3;

/**
 * Composes the messages of a batch. Three or more outcomes become a digest. A sweep and an open breaker summarize many users
 * already, so they stay messages of their own, and so do one or two of a prominent kind. Several outcomes of one account's
 * breaker become one message.
 */
export function composePosts(history: SlackHistory, context: MessageContext): SlackPost[] {
  const { toSend } = history;
  const ofKind = (kind: Outcome['kind']) =>
    toSend.filter(({ outcome }) => outcome.kind === kind).length;
  const staysAlone = (outcome: Outcome) =>
    !isDigestible(outcome) || (isProminent(outcome) && ofKind(outcome.kind) < DIGEST_FROM);
  const digestible = toSend.filter(({ outcome }) => !staysAlone(outcome));
  const isDigest = digestible.length >= DIGEST_FROM;
  const digests = isDigest ? inChunks(digestible, DIGEST_AT_MOST) : [];
  const others = isDigest ? toSend.filter(({ outcome }) => staysAlone(outcome)) : toSend;
  return [
    ...digests.map((deliveries) => ({
      message: digest(deliveries.map(({ outcome }) => outcome).filter(isDigestible), context),
      deliveries,
    })),
    ...breakersTogether(others).flatMap((deliveries) => {
      const breakers = deliveries.map(({ outcome }) => outcome).filter(isBreakerOpen);
      if (breakers.length < 2) return composeAlone(deliveries, history, context);
      return [{ message: slackMessage(breakersAsOne(breakers), context), deliveries }];
    }),
  ];
}

/** Groups the breaker outcomes of one account, at the place of the first: one burst makes several of them. */
function breakersTogether(toSend: readonly Delivery[]): Delivery[][] {
  const groups = new Map<string, Delivery[]>();
  for (const delivery of toSend) {
    const { kind, account, mode, id } = delivery.outcome;
    const key = kind === 'breaker-open' ? `${account}/${mode}` : id;
    groups.set(key, [...(groups.get(key) ?? []), delivery]);
  }
  return [...groups.values()];
}

function isBreakerOpen(outcome: Outcome): outcome is BreakerOpen {
  return outcome.kind === 'breaker-open';
}

/** One message for each outcome. */
export function composeAlone(
  deliveries: readonly Delivery[],
  { lastSent }: Pick<SlackHistory, 'lastSent'>,
  context: MessageContext,
): SlackPost[] {
  return deliveries.map((delivery) => {
    const previous = lastSent.get(delivery.outcome.id)?.sent ?? null;
    return {
      message: slackMessage(delivery.outcome, context, previous),
      deliveries: [delivery],
    };
  });
}

function inChunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
