import * as z from 'zod';
import { BlockMethod, Outcome } from '../../../events/outcome.ts';
import { type LoggedActions, nothingLogged } from '../../domain/review/action-log.ts';
import type { Log } from '../../runtime/log.ts';
import { hasCome, readStored } from '../state-store.ts';

const StoredOutcome = Outcome.refine(
  ({ kind }) => kind === 'user-blocked' || kind === 'user-unblocked',
);
const Time = z.iso.datetime();
const StoredActions = z.object({
  pending: z.object({ outcome: StoredOutcome, at: Time, failed: z.boolean() }).nullable(),
  unpublished: z.array(StoredOutcome),
  published: z.array(
    z.object({
      id: z.string(),
      action: z.enum(['block', 'unblock']),
      methods: z.array(BlockMethod),
      at: Time,
      certain: z.boolean(),
    }),
  ),
  refused: Time.optional(),
  claims: z.int().nonnegative().optional(),
});

function timesOf({ pending, unpublished, published, refused }: LoggedActions): string[] {
  return [
    ...(pending ? [pending.at, pending.outcome.at] : []),
    ...[...unpublished, ...published].map(({ at }) => at),
    ...(refused === undefined ? [] : [refused]),
  ];
}

/**
 * Reads a user's entry of the action log.
 * @param text as read; null or undefined without an entry
 * @param log absent in a command
 * @returns nothing logged where there is no valid entry
 */
export function readActions(
  text: string | null | undefined,
  id: string,
  now: Date,
  log?: Pick<Log, 'error'>,
): LoggedActions {
  const read = readStored(text, {
    id,
    schema: StoredActions,
    isPossible: (actions) => timesOf(actions as LoggedActions).every(hasCome(now)),
    ...(log === undefined ? {} : { log }),
  });
  return (read as LoggedActions | null) ?? nothingLogged;
}
