import type { SlackMessage } from '../../render/slack/blocks.ts';
import { DIGEST_AT_MOST, digest, isDigestible } from '../../render/slack/digest.ts';
import { slackMessage } from '../../render/slack/slack-message.ts';
import type { Around } from '../../render/slack/words.ts';
import type { Delivery } from './messenger.ts';
import type { Recollection } from './recollection.ts';

/** One message to post, and the outcomes it tells of. */
export interface Letter {
  readonly message: SlackMessage;
  readonly deliveries: readonly Delivery[];
}

// Fewer are told one by one, with all there is to say of each.
const DIGEST_FROM = 3;

/**
 * Makes the messages of a batch: three or more outcomes become a digest; a sweep and an open breaker, which sum
 * up many users already, stay messages of their own.
 */
export function composeLetters(recollection: Recollection, around: Around): Letter[] {
  const { news } = recollection;
  const digestible = news.filter(({ outcome }) => isDigestible(outcome));
  if (digestible.length < DIGEST_FROM) return composeAlone(news, recollection, around);
  const alone = news.filter(({ outcome }) => !isDigestible(outcome));
  return [
    ...inChunks(digestible, DIGEST_AT_MOST).map((deliveries) => ({
      message: digest(deliveries.map(({ outcome }) => outcome).filter(isDigestible), around),
      deliveries,
    })),
    ...composeAlone(alone, recollection, around),
  ];
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
