import colors from 'picocolors';
import { type Invariant, invariants } from './invariants/verdict.ts';
import type { Plan } from './many-runs.ts';
import type { Tally } from './tally.ts';
import type { Total } from './total.ts';

const SHOWN = 20;
const WIDTH = 96;

/** The result of many runs, for a terminal. @param seconds how long they took */
export function summary(total: Total, { first, profile }: Plan, seconds: number): string {
  const { runs, broken, faults } = total;
  const injected = faults.entries().reduce((sum, [, count]) => sum + count, 0);
  const verdict =
    broken.length === 0
      ? colors.green(colors.bold('No violation.'))
      : colors.red(colors.bold(`${counted(broken.length)} runs with violations.`));
  return [
    '',
    `  ${verdict}  ${counted(runs)} runs from seed ${first}${profile ? `, profile ${profile}` : ''}, ${counted(injected)} faults, ${duration(seconds)}`,
    '',
    title('Events'),
    ...happened(total),
    '',
    title('Faults injected'),
    ...faultLines(faults),
    '',
    title('Invariants, with the number of checks'),
    ...invariantLines(total),
    ...brokenLines(total, profile),
    '',
  ].join('\n');
}

function happened({ counts, faults }: Total): string[] {
  const sumOf = (who: string) =>
    counts
      .entries()
      .filter(([name]) => name.startsWith(who))
      .reduce((sum, [, count]) => sum + count, 0);
  const lines: [string, number][] = [
    ['changes by people', sumOf('people: ')],
    ['acts of attackers', sumOf('attackers: ')],
    ['calls denied to attackers', counts.count(DENIED_TO_ATTACKERS)],
    ['events lost', faults.count('event lost')],
    ['events doubled', faults.count('event doubled')],
    ['events late', faults.count('event late')],
    ['blocks', counts.count('attachments')],
    ['unblocks', counts.count('unblocks')],
    ['sweeps', counts.count('sweeps')],
    ['invocations', counts.count('invocations')],
    ['messages that Slack accepted', counts.count('messages that Slack accepted')],
    ['readings of IAM', counts.count('readings')],
    ['readings that lagged', counts.count('stale readings of a user')],
    ['blocks caused by such a reading', counts.count(BLOCKED_BY_LAG)],
  ];
  return columns(lines.map(([name, count]) => entry(name, count)));
}

const DENIED_TO_ATTACKERS = 'denied to attackers';
const BLOCKED_BY_LAG = 'blocked on a reading that lagged';

/** One line for each kind of fault, with its services: "throttled (iam)" is one of the kind "throttled". */
function faultLines(faults: Tally): string[] {
  const kinds = new Map<string, { count: number; where: [string, number][] }>();
  for (const [name, count] of faults.entries()) {
    const [, kind = name, where] = /^(.*) \((.*)\)$/.exec(name) ?? [];
    const known = kinds.get(kind) ?? { count: 0, where: [] };
    known.count += count;
    if (where !== undefined) known.where.push([where, count]);
    kinds.set(kind, known);
  }
  return [...kinds]
    .toSorted(([, a], [, b]) => b.count - a.count)
    .map(([kind, { count, where }]) => {
      const places = where
        .toSorted(([, a], [, b]) => b - a)
        .map(([place, times]) => `${place} ${counted(times)}`)
        .join(', ');
      return `${entry(kind, count)}  ${colors.dim(places)}`.trimEnd();
    });
}

function invariantLines({ checks, broken }: Total): string[] {
  return (Object.keys(invariants) as Invariant[]).map((name) => {
    const failures = broken.flatMap(({ violations }) =>
      violations.filter(({ invariant }) => invariant === name),
    );
    const mark = failures.length === 0 ? colors.green('✓') : colors.red('✗');
    const count = counted(checks.count(name)).padStart(12);
    return `  ${mark} ${count}  ${invariants[name]}`;
  });
}

function brokenLines({ broken }: Total, profile: Plan['profile']): string[] {
  if (broken.length === 0) return [];
  const lines = broken
    .slice(0, SHOWN)
    .flatMap(({ seed, violations }) => [
      `  seed ${colors.bold(String(seed))}`,
      ...violations
        .slice(0, 3)
        .map(({ invariant, text }) => `    ${colors.red(invariant)}: ${text}`),
      colors.dim(
        `    npm run simulate -- --trace ${seed}${profile ? ` --profile ${profile}` : ''}`,
      ),
    ]);
  const more = broken.length - SHOWN;
  return [
    '',
    title('Violations'),
    ...lines,
    ...(more > 0 ? [colors.dim(`  and ${counted(more)} more`)] : []),
  ];
}

function title(text: string): string {
  return `  ${colors.bold(text)} ${colors.dim('─'.repeat(WIDTH - text.length))}`;
}

function entry(name: string, count: number): string {
  return `  ${counted(count).padStart(12)}  ${name.padEnd(34)}`;
}

function columns(entries: readonly string[]): string[] {
  const half = Math.ceil(entries.length / 2);
  return entries
    .slice(0, half)
    .map((left, index) => `${left}${entries[half + index] ?? ''}`.trimEnd());
}

function counted(count: number): string {
  return count.toLocaleString('en-US');
}

function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds.toFixed(0)} s` : `${minutes} min ${Math.round(seconds % 60)} s`;
}
