import colors from 'picocolors';
import { catchWithout } from './catch.ts';
import { invariants } from './invariants/verdict.ts';
import { type Safeguard, safeguards } from './safeguards.ts';

// The rarest failure takes several hundred runs to appear.
const SEEDS = 2000;

/**
 * Ablates one safeguard after the other.
 * @param onLine takes each line that a terminal is to show, as soon as it is known
 * @returns how many of them broke no run when ablated
 */
export async function ablateSafeguards(onLine: (line: string) => void): Promise<number> {
  let missed = 0;
  onLine('');
  for (const safeguard of safeguards) {
    const caught = await catchWithout(safeguard, SEEDS);
    if (caught === null) missed += 1;
    const state = caught ? colors.green('caught') : colors.red('missed');
    onLine(`  ${state}  ${colors.bold(safeguard.name)}: ${safeguard.without}`);
    const how = caught
      ? `${runOf(safeguard.profile, caught.seed)}: ${caught.violation.text}`
      : `in no run of ${SEEDS}: ${invariants[safeguard.breaks]}`;
    onLine(colors.dim(`          ${how}`));
  }
  const caught = safeguards.length - missed;
  onLine(`\n  ${caught} of ${safeguards.length} safeguards, ablated, broke a run.\n`);
  return missed;
}

function runOf(profile: Safeguard['profile'], seed: number): string {
  return profile ? `seed ${seed} in ${profile}` : `seed ${seed}`;
}
