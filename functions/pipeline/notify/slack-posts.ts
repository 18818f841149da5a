import type { Outcome } from '../../../events/outcome.ts';
import type { SlackMessage } from '../../render/slack/blocks.ts';
import { type BreakerOpen, breakerOpen, breakersAsOne } from '../../render/slack/breaker-open.ts';
import { DIGEST_AT_MOST, digest, isDigestible } from '../../render/slack/digest.ts';
import type { MessageContext } from '../../render/slack/format.ts';
import { slackMessage } from '../../render/slack/slack-message.ts';
import type { NotificationHistory } from './notification-history.ts';
import type { Delivery } from './notify-deps.ts';

/** One message to post, and the outcomes it tells of. */
export interface SlackPost {
  readonly message: SlackMessage;
  readonly deliveries: readonly Delivery[];
}

// Fewer are told one by one, with all there is to say of each.
const DIGEST_FROM = 3;

/**
 * Makes the messages of a batch: three or more outcomes become a digest; a sweep and an open breaker, which sum
 * up many users already, stay messages of their own, several of one account's breaker as one.
 */
export function composePosts(history: NotificationHistory, context: MessageContext): SlackPost[] {
  const { toSend } = history;
  const digestible = toSend.filter(({ outcome }) => isDigestible(outcome));
  const isDigest = digestible.length >= DIGEST_FROM;
  const digests = isDigest ? inChunks(digestible, DIGEST_AT_MOST) : [];
  const others = isDigest ? toSend.filter(({ outcome }) => !isDigestible(outcome)) : toSend;
  return [
    ...digests.map((deliveries) => ({
      message: digest(deliveries.map(({ outcome }) => outcome).filter(isDigestible), context),
      deliveries,
    })),
    ...breakersTogether(others).flatMap((deliveries) => {
      const breakers = deliveries.map(({ outcome }) => outcome).filter(isBreakerOpen);
      if (breakers.length < 2) return composeAlone(deliveries, history, context);
      return [{ message: breakerOpen(breakersAsOne(breakers), context), deliveries }];
    }),
  ];
}

/** What one burst had refused comes in several outcomes: those of one account stand where the first of them does. */
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
  { lastSent }: Pick<NotificationHistory, 'lastSent'>,
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
