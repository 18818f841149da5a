import * as z from 'zod';
import { SweepTotals } from './outcome.ts';

/** What the nightly sweep leaves in the memory table when it has finished, and `mfa-enforcer doctor` reads. */
export const LastSweep = z.object({
  schema: z.literal('mfa-enforcer/last-sweep/1'),
  account: z.string(),
  finishedAt: z.iso.datetime(),
  mode: z.enum(['enforce', 'observe']),
  totals: SweepTotals,
});
export type LastSweep = z.infer<typeof LastSweep>;

/** Where in the memory table it is: the sweep's role may write ids that begin so, and no other. */
export const lastSweepId = (account: string) => `sweep/${account}`;
