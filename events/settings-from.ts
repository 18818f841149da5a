import * as z from 'zod';

/** Where the command line's settings come from. */
export const SettingsFrom = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('stack'),
    /** The deployed stack whose parameters were used. */
    stack: z.string(),
    /** The parameters that options override, each with the stack's value: { "Scope": "all-users" }. */
    overridden: z.record(z.string(), z.string()),
  }),
  z.object({
    kind: z.literal('defaults'),
    /** The stack that the account does not have; null where no stack was looked for. */
    stack: z.string().nullable(),
  }),
]);
export type SettingsFrom = z.infer<typeof SettingsFrom>;
