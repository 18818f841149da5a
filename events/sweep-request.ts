import * as z from 'zod';
import { AccountId } from './envelope.ts';
import { problemsOf } from './problems.ts';
import { SweepProgress } from './sweep-progress.ts';

/** "Sweep this account": one message an account. Ours, so unknown fields are refused. */
export const SweepRequest = z.strictObject({
  schema: z.literal('mfa-enforcer/sweep-request/1'),
  account: AccountId,
  sweepId: z.string().min(1),
  /** When the sweep of the whole organization began. */
  startedAt: z.iso.datetime(),
  /** Where another run left off. */
  progress: SweepProgress.optional(),
  /** Only the checks of the policies and the deny group, which had failed: the users were swept. */
  only: z.literal('policies').optional(),
});
export type SweepRequest = z.infer<typeof SweepRequest>;

/** "Tell how the sweep of the organization went", sent behind the accounts' messages. */
export const RollUpRequest = z.strictObject({
  schema: z.literal('mfa-enforcer/roll-up-request/1'),
  organization: z.string().min(1),
  sweepId: z.string().min(1),
  startedAt: z.iso.datetime(),
  /** The accounts that are swept, and how many take no calls. */
  accounts: z.array(AccountId),
  inactive: z.int(),
});
export type RollUpRequest = z.infer<typeof RollUpRequest>;

const SweepMessage = z.discriminatedUnion('schema', [SweepRequest, RollUpRequest]);

/**
 * Reads a message of the queue of sweeps.
 * @param body JSON text
 * @throws Error that names the wrong fields, not their values
 */
export function parseSweepMessage(body: string): SweepRequest | RollUpRequest {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Error('cannot read the sweep’s message: it is not JSON');
  }
  const parsed = SweepMessage.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`cannot read the sweep’s message: ${problemsOf(parsed.error)}`);
}
