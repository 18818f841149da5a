import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import parts from './parts.json' with { type: 'json' };

// npm run mutation:rest [-- part …]: breaks everything but domain/ and events/, part by part, and prints a table of how
// much of it the tests notice. Fails where a part has less than 90 %.

type Status =
  | 'Killed'
  | 'Timeout'
  | 'Survived'
  | 'NoCoverage'
  | 'Ignored'
  | 'RuntimeError'
  | 'CompileError';

/** The counted fields of Stryker's report (mutation-testing-report-schema 2). */
interface MutationReport {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { status: Status }[] }>>;
}

const chosen = process.argv.slice(2);
const names = chosen.length > 0 ? chosen : Object.keys(parts);
const rows: string[] = [];
let failed = false;
for (const name of names) {
  // A run that does not come to its end leaves no report, and must not be shown by an old one.
  rmSync(reportOf(name), { force: true });
  const begun = Date.now();
  const { status } = spawnSync('npm', ['run', '--silent', 'mutation:part'], {
    env: { ...process.env, MUTATION_PART: name },
    stdio: 'inherit',
  });
  failed ||= status !== 0;
  rows.push(rowOf(name, Math.round((Date.now() - begun) / 60_000)));
}
process.stdout.write(
  `\n| part | mutants | noticed | not noticed | run by no test | over the time limit | minutes |\n` +
    `|---|---|---|---|---|---|---|\n${rows.join('\n')}\n`,
);
process.exitCode = failed ? 1 : 0;

function reportOf(name: string): string {
  return `.cache/mutation/${name.replaceAll(/\W/g, '-')}.json`;
}

function rowOf(name: string, minutes: number): string {
  if (!existsSync(reportOf(name)))
    return `| \`${name}\` | not run to its end | | | | | ${minutes} |`;
  const { files } = JSON.parse(readFileSync(reportOf(name), 'utf8')) as MutationReport;
  const statuses = Object.values(files).flatMap(({ mutants }) =>
    mutants.map(({ status }) => status),
  );
  const count = (wanted: Status) => statuses.filter((status) => status === wanted).length;
  const [timeouts, survived, uncovered] = [
    count('Timeout'),
    count('Survived'),
    count('NoCoverage'),
  ];
  const noticed = count('Killed') + timeouts;
  const all = noticed + survived + uncovered;
  const percent = ((100 * noticed) / all).toFixed(1);
  return `| \`${name}\` | ${all} | ${percent} % | ${survived} | ${uncovered} | ${timeouts} | ${minutes} |`;
}
