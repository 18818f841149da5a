import colors from 'picocolors';
import { withBroken } from './broken-safeguards.ts';
import { invariants } from './invariants/verdict.ts';
import { safeguards } from './safeguards.ts';

/** Takes out one safeguard after the other. @returns what a terminal shows, and how many were not missed by anybody */
export async function takeOutSafeguards(): Promise<{ text: string; missed: number }> {
  const lines: string[] = [''];
  let missed = 0;
  for (const safeguard of safeguards) {
    const run = await withBroken(safeguard);
    const { violations } = await run(safeguard.seed);
    const found = violations.find(({ invariant }) => invariant === safeguard.breaks);
    if (!found) missed += 1;
    lines.push(
      `  ${found ? colors.green('caught') : colors.red('missed')}  ${colors.bold(safeguard.name)}: ${safeguard.without}`,
      colors.dim(
        `          seed ${safeguard.seed}: ${found?.text ?? invariants[safeguard.breaks]}`,
      ),
    );
  }
  const caught = safeguards.length - missed;
  lines.push('', `  ${caught} of ${safeguards.length} safeguards, taken out, are missed.`, '');
  return { text: lines.join('\n'), missed };
}
