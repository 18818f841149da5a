import type { Outcome } from '../../../events/outcome.ts';
import type { SlackMessage } from '../../render/slack/blocks.ts';
import { type BreakerOpen, breakerOpen, breakersAsOne } from '../../render/slack/breaker-open.ts';
import { DIGEST_AT_MOST, digest, isDigestible } from '../../render/slack/digest.ts';
import { slackMessage } from '../../render/slack/slack-message.ts';
import type { Around } from '../../render/slack/words.ts';
import type { Recollection } from './notification-history.ts';
import type { Delivery } from './notify-deps.ts';

/** One message to post, and the outcomes it tells of. */
export interface Letter {
  readonly message: SlackMessage;
  readonly deliveries: readonly Delivery[];
}

// Fewer are told one by one, with all there is to say of each.
const DIGEST_FROM = 3;

/**
 * Makes the messages of a batch: three or more outcomes become a digest; a sweep and an open breaker, which sum
 * up many users already, stay messages of their own, several of one account's breaker as one.
 */
export function composeLetters(recollection: Recollection, around: Around): Letter[] {
  const { news } = recollection;
  const digestible = news.filter(({ outcome }) => isDigestible(outcome));
  const isDigest = digestible.length >= DIGEST_FROM;
  const digests = isDigest ? inChunks(digestible, DIGEST_AT_MOST) : [];
  const others = isDigest ? news.filter(({ outcome }) => !isDigestible(outcome)) : news;
  return [
    ...digests.map((deliveries) => ({
      message: digest(deliveries.map(({ outcome }) => outcome).filter(isDigestible), around),
      deliveries,
    })),
    ...breakersTogether(others).flatMap((deliveries) => {
      const breakers = deliveries.map(({ outcome }) => outcome).filter(isBreakerOpen);
      if (breakers.length < 2) return composeAlone(deliveries, recollection, around);
      return [{ message: breakerOpen(breakersAsOne(breakers), around), deliveries }];
    }),
  ];
}

/** What one burst had refused comes in several outcomes: those of one account stand where the first of them does. */
function breakersTogether(news: readonly Delivery[]): Delivery[][] {
  const groups = new Map<string, Delivery[]>();
  for (const delivery of news) {
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
  { lastTold }: Pick<Recollection, 'lastTold'>,
  around: Around,
): Letter[] {
  return deliveries.map((delivery) => {
    const previous = lastTold.get(delivery.outcome.id)?.told ?? null;
    return {
      message: slackMessage(delivery.outcome, around, previous),
      deliveries: [delivery],
    };
  });
}

function inChunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
