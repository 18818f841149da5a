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
Calls therefore matter most, then memory, then time. All figures come from \`${command}\`, one run on ${machine}.

The account is in memory, behind IAM's own protocol on loopback, and pages as AWS does: 1,000 users or devices a page.
Its answers take no time, so the seconds are the program's own; a real run adds IAM's latency for each call.

## How calls grow

**A sweep makes one call for each 1,000 users, one for each 1,000 virtual MFA devices, and one for each user whom these
do not settle: users with only a hardware or FIDO device, and users without a device who are not blocked yet. Nothing else
grows.** A user to be blocked costs four more calls in the review that follows, once. In later nights blocked users cost no
call each: IAM's credential report shows which of them may have enrolled, and the sweep reads only those live.

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

The plain sweep lists the users, then reads each, one after the other, with five calls a user
(test/bench/programs/plain-sweep.ts). The enforcer's figures include its reviews.
${number(ours[0]?.counts.none ?? 0)} of 100 users have no MFA, and both block the same users.

${table(
  [
    'users',
    'night',
    'plain: calls',
    'enforcer: calls',
    'ratio',
    'plain: s',
    'enforcer: s',
    'plain: MB',
    'enforcer: MB',
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

Seconds and MB are those of the sweep's own process (the reviews run in another function). MB is the peak, with Node itself.

### By action, at ${number(pairs.at(-1)?.theirs.users ?? 0)} users

${byAction(pairs.at(-1)?.theirs, pairs.at(-1)?.mine)}

## A monitor's report

\`report --format prtg\` beside a plain PRTG sensor (test/bench/programs/plain-monitor.ts), at ${number(monitor.users)} users:
${number(sumOf(monitor.ours.calls))} calls instead of ${number(sumOf(monitor.plain.calls))}
(${ratio(sumOf(monitor.plain.calls), sumOf(monitor.ours.calls))}), ${seconds(monitor.ours.ms)} s instead of ${seconds(monitor.plain.ms)} s.

## One event

Calls of IAM for one event, without those that are cached: the account's alias, and for up to a minute the readings of the
circuit breaker before a block.

${table(
  ['the user …', 'event', 'calls', ''],
  events.map(({ what, event, calls }) => [what, event, String(calls.length), calls.join(', ')]),
)}

## Bundles

Minified, without source maps. The cold import is a new Node process that imports the bundle, beside one that imports nothing.

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

## Limits in the tests

\`npm test\` fails if one of the first four is exceeded (test/unit/budget/), and \`npm run test:integration\` for the others
(test/integration/bundles.test.ts):

- first sweep, with its reviews: ⌈users ÷ 1,000⌉ + ⌈virtual devices ÷ 1,000⌉ + 5 for each user it blocks + 2 for each owner of
  a hardware or FIDO device + 16 (and two for each new count of the circuit breaker, if a burst uses up more than half of its
  room);
- second sweep of the unchanged account: the pages + 2 for each owner of a hardware or FIDO device + 11, and no write;
- an event: 2 calls if the user has MFA, 2 if the event shows an exemption, 4 if the user is already blocked, 5 to block a
  user, 6 to unblock one (three of them read the block methods below the managed policy), and one more for a new exemption;
- an IAM that accepts 20 calls a second (40 at once): no user is missed, none wrongly blocked, and at most 10 % more calls; at
  4 a second, at most 50 % more calls;
- the sweep's memory at 5,000 users: 128 MB;
- what a cold start of a function loads: 650 KB, and 4 times an empty process to import.
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
    ['', 'plain, first', 'plain, second', 'enforcer, first', 'its reviews', 'enforcer, second'],
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
