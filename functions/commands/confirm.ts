import { type Shell, UsageError } from './shell.ts';

/**
 * Asks before something is changed.
 * @returns whether to go on
 * @throws UsageError where there is nobody to ask and --yes was not given
 */
export async function confirm(
  { ask, err }: Shell,
  yes: boolean | undefined,
  question: string,
): Promise<boolean> {
  if (yes) return true;
  if (ask === null) {
    throw new UsageError(
      `${question} There is no terminal to ask at: say --yes to go on. Nothing was changed.`,
    );
  }
  const answer = await ask(`${question} [y/N] `);
  if (!answer) err('Nothing was changed.\n');
  return answer;
}
