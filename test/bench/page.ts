import {
  type AccountMeasured,
  type BundleMeasured,
  type Calls,
  type EventMeasured,
  sumOf,
  type Took,
} from './measure.ts';

/** Everything that was measured in one run. */
export interface Results {
  readonly command: string;
  readonly machine: string;
  readonly ours: readonly AccountMeasured[];
  readonly plain: readonly AccountMeasured[];
  readonly monitor: { readonly users: number; readonly ours: Took; readonly plain: Took };
  readonly events: readonly EventMeasured[];
  readonly bundles: readonly BundleMeasured[];
}

/** docs/benchmarks.md, written by `npm run bench`. */
export function page(results: Results): string {
  const { ours, plain, monitor, events, bundles, command, machine } = results;
  const pairs = plain.map((theirs) => ({
    theirs,
    mine: ours.find((one) => one.users === theirs.users && one.mixName === theirs.mixName),
  }));
  return `# Benchmarks

IAM has one control plane for the whole world, with small, unpublished rate limits that everyone in the account shares.
So what counts is calls, then memory, then time. Everything here was measured by \`${command}\`, in one run, on ${machine}.

The account is in memory, behind IAM's own protocol on loopback, and pages as AWS does: 1,000 users or devices a page.
Its answers take no time, so that seconds here are the program's own; real ones are the calls times IAM's latency.

## How calls grow

**A sweep makes one call for each 1,000 users, one for each 1,000 virtual MFA devices, and one for each user whom these
do not settle: who has only a hardware or FIDO device, and who has none and is not blocked yet. Nothing else grows.** A user
to be blocked costs four calls more in the review that follows, once. In the nights after, the people who are blocked cost
nothing each: IAM's credential report hints at those who may have enrolled in the meantime, and they are asked about live.

${table(
  [
    'users',
    'of them',
    'without a virtual device or exemption',
    'first sweep',
    'its reviews',
    'second sweep',
    'its writes',
  ],
  ours.map(({ users, mixName, counts, first, second }) => [
    number(users),
    mixName,
    number(counts.fido + counts.none),
    number(sumOf(first.calls)),
    number(sumOf(first.reviews)),
    number(sumOf(second.calls)),
    number(writesOf(second)),
  ]),
)}

## Beside a plain sweep

The plain sweep lists the users, then asks about each, one after the other: five calls a user. It makes the calls of the
scheduled function that this project began with (test/bench/programs/plain-sweep.ts). Ours are with their reviews.
${number(ours[0]?.counts.none ?? 0)} users of 100 have no MFA in both; the same people are blocked.

${table(
  [
    'users',
    'night',
    'plain: calls',
    'ours: calls',
    'ratio',
    'plain: s',
    'ours: s',
    'plain: MB',
    'ours: MB',
  ],
  pairs.flatMap(({ theirs, mine }) =>
    mine === undefined
      ? []
      : (['first', 'second'] as const).map((night) => {
          const [p, o] = [theirs[night], mine[night]];
          const [pc, oc] = [sumOf(p.calls), sumOf(o.calls, o.reviews)];
          return [
            number(theirs.users),
            night,
            number(pc),
            number(oc),
            ratio(pc, oc),
            seconds(p.ms),
            seconds(o.ms),
            p.peakMb.toFixed(0),
            o.peakMb.toFixed(0),
          ];
        }),
  ),
)}

Seconds and MB are those of the sweep's own process (the reviews run in another function), MB the most it ever had from
the system, Node itself included.

### By action, at ${number(pairs.at(-1)?.theirs.users ?? 0)} users

${byAction(pairs.at(-1)?.theirs, pairs.at(-1)?.mine)}

## A monitor's reading

\`report --format prtg\` beside the PRTG sensor this project began with, at ${number(monitor.users)} users:
${number(sumOf(monitor.ours.calls))} calls instead of ${number(sumOf(monitor.plain.calls))}
(${ratio(sumOf(monitor.plain.calls), sumOf(monitor.ours.calls))}), ${seconds(monitor.ours.ms)} s instead of ${seconds(monitor.plain.ms)} s.

## One event

Calls of IAM for one event. Not counted is what is cached: the account's alias, and for up to a minute the two readings of
the circuit breaker before somebody is blocked.

${table(
  ['the user …', 'event', 'calls', ''],
  events.map(({ what, event, calls }) => [what, event, String(calls.length), calls.join(', ')]),
)}

## Bundles

Minified, without source maps. Cold import: a new Node process that imports the bundle, beside one that imports nothing.

${table(
  ['function', 'KB', 'KB gzipped', 'cold import, ms', 'empty process, ms', 'ratio'],
  bundles.map(({ name, bytes, gzipped, coldMs, emptyMs }) => [
    name,
    (bytes / 1000).toFixed(0),
    (gzipped / 1000).toFixed(0),
    coldMs.toFixed(0),
    emptyMs.toFixed(0),
    (coldMs / emptyMs).toFixed(2),
  ]),
)}

## What is blocked to

\`npm test\` fails where one of these is passed (test/unit/budget/):

- first sweep, with its reviews: ⌈users ÷ 1,000⌉ + ⌈virtual devices ÷ 1,000⌉ + 5 a user it blocks + 2 a hardware or FIDO owner + 10
  (and two for each time that the circuit breaker counts again, where more than half of its room is used up at once);
- second sweep of the unchanged account: the pages + 2 a hardware or FIDO owner + 10, and no write;
- an event: 2 calls where the user has MFA, 2 where the event shows an exemption, 4 where the user is blocked already, 5 to
  block one, 6 to let one go (three of them see the block methods below the managed policy: nobody is told as unblocked by
  half; one more where an exemption is news);
- IAM lets through 20 calls a second (40 at once): nobody is missed, nobody wrongly blocked, at most 10 % more calls; the same
  at 4 a second, with more calls;
- the sweep's memory at 5,000 users: 1.25 times what it is at 100;
- a bundle: 650 KB, and 3.5 times an empty process to import.
`;
}

function byAction(theirs: AccountMeasured | undefined, mine: AccountMeasured | undefined): string {
  if (theirs === undefined || mine === undefined) return '';
  const columns: Calls[] = [
    theirs.first.calls,
    theirs.second.calls,
    mine.first.calls,
    mine.first.reviews,
    mine.second.calls,
  ];
  const actions = [...new Set(columns.flatMap((calls) => Object.keys(calls)))].toSorted();
  return table(
    ['', 'plain, first', 'plain, second', 'ours, first', 'its reviews', 'ours, second'],
    actions.map((action) => [
      action,
      ...columns.map((calls) => (calls[action] === undefined ? '' : number(calls[action]))),
    ]),
  );
}

function writesOf({ calls, reviews }: Took): number {
  return Object.entries({ ...calls, ...reviews })
    .filter(([action]) => !/^(Generate|Get|List)/.test(action))
    .reduce((sum, [, count]) => sum + count, 0);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function ratio(plain: number, ours: number): string {
  return `${(plain / ours).toLocaleString('en-US', { maximumSignificantDigits: 3 })} times fewer`;
}
