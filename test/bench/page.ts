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
  readonly monitor: {
    readonly users: number;
    readonly ours: Took;
    readonly maxAge: Took;
    readonly plain: Took;
  };
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

IAM has one control plane for the whole world, with small, unpublished rate limits that all callers in the account share.
Therefore calls matter most, then memory, then time. All figures come from \`${command}\`, one run on ${machine}.

The account is in memory, behind IAM's own protocol on loopback, with AWS's pages of 1,000 users or devices. Its answers take no
time, so the seconds are those of the program alone. A real run adds IAM's latency for each call.

## How calls grow

**A night costs**

    ⌈users ÷ 1,000⌉ + ⌈virtual MFA devices ÷ 1,000⌉ + ⌈own policies ÷ 100⌉ + 6 + 4 × users to be blocked

**whatever kinds of devices people have.** Each page is at least one call. The six are the account's alias, the deny group, the probe
of the [event path](event-path.md), which is the only write, and three for IAM's credential report, with one more for each time that
the sweep comes back before the report is there. A night with users to be blocked adds 9 or more, for the counts of the circuit
breaker. The report shows each user's MFA devices of every kind, and IAM makes it after the sweep has begun
([035](decisions/035-fresh-credential-report.md)). In a quiet night no user is read.

IAM makes no new report while the last one is under four hours old, for which any caller may have asked. Then the sweep adds one call for
each user who has neither a virtual device nor an exemption and is not blocked: about the column "before".

![Calls of a quiet night by the number of users](pictures/calls.svg)

The second night is a day after the first, of an unchanged account. "Before" is the version without the fresh credential report
(measured on 30 November 2026, without the call for the alias).

${table(
  [
    'users',
    'of them',
    'to be blocked',
    'first night: sweep',
    'its reviews',
    'of these for each user to be blocked',
    'quiet night',
    'before',
    'its writes',
  ],
  ours.map(({ users, mixName, counts, first, second }) => [
    number(users),
    mixName,
    number(counts.none),
    number(sumOf(first.calls)),
    number(sumOf(first.reviews)),
    counts.none === 0 ? '' : String(callsForEach(first.reviews, counts.none)),
    number(sumOf(second.calls)),
    number(before(mixName, users)),
    number(writesOf(second)),
  ]),
)}

## Beside a plain sweep

The plain sweep lists the users, and then reads one after the other with five calls each
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

Seconds and MB are those of the sweep's own process, since the reviews run in another function. MB is the peak, including Node.

### By action, at ${number(pairs.at(-1)?.theirs.users ?? 0)} users

${byAction(pairs.at(-1)?.theirs, pairs.at(-1)?.mine)}

## A monitor's report

\`report --format prtg\` beside a plain PRTG sensor (test/bench/programs/plain-monitor.ts), at ${number(monitor.users)} users, 5 % of them
without MFA and 5 % exempt. A user who may be unprotected or blocked takes two calls; the other facts are from bulk calls and IAM's
credential report ([036](decisions/036-what-a-report-reads-live.md)). "Before" is the version that asked each user without a virtual
device, exempt ones too.

${table(
  ['', 'calls', 'fewer than the plain sensor', 's', 'MB'],
  Object.entries({
    'plain sensor': monitor.plain,
    before: null,
    live: monitor.ours,
    '`--max-age 4h`': monitor.maxAge,
  }).map(([name, took]) => monitorRow(name, took, sumOf(monitor.plain.calls))),
)}

\`npm test\` fails if a monitor's report takes more than 2 calls for each user without MFA + 20, with \`--max-age\` more than 20, or if
a report of an organization takes more than half of the calls of before as a table, more than 15 % as a page or file, and more
than 70 % for a monitor (test/unit/budget/report-calls.test.ts).

## One event

IAM calls for one event, without ListAccountAliases and GetAccountSummary, whose answers the function caches. The circuit
breaker's three listings before a block are included. Within a minute another block does not repeat them.

${table(
  ['the user …', 'event', 'calls', ''],
  events.map(({ what, event, calls }) => [what, event, String(calls.length), calls.join(', ')]),
)}

## Bundles

Sizes are minified, without source maps. A cold import is a new Node process that imports the bundle. An empty process imports
nothing.

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

\`npm test\` fails if one of the first five is exceeded (test/unit/budget/), and \`npm run test:integration\` for the others
(test/integration/bundles.test.ts):

- first night: the pages + 4 for each user to be blocked + 14 (and 2 for each new count of the circuit breaker, after a burst has used
  more than half of its room);
- quiet night: the pages + 6, at most 9 up to 1,000 users and 24 at 5,000, for any mix of devices, and no write (the probe of the event path
  is one more call);
- a second sweep within four hours: one more for each user with only a hardware or FIDO device;
- an event: 2 calls if the user has MFA, 2 if the event shows an exemption, 4 if the user is already blocked, 5 to block a
  user, 6 to unblock one (three of them read the block methods below the managed policy), one more for a new exemption, and one
  more to block a user with a permissions boundary (can the user enrol?);
- IAM accepts 20 calls a second (40 at once): no user is missed or wrongly blocked, and there are at most 10 % more calls. At 4
  calls a second there are at most 50 % more;
- the sweep's memory at 5,000 users: 170 MB;
- a cold start of a function: 650 KB of files, and at most 4 times an empty process to import them.

A report for people has facts that need calls of their own, and a monitor's has none of them: 1 call for API keys, and 1 for the SSH
keys of each user without MFA.
`;
}

/** The calls of a monitor's report of 5,000 users before it used the credential report. */
const MONITOR_BEFORE = 1012;

function monitorRow(name: string, took: Took | null, plain: number): string[] {
  const calls = took === null ? MONITOR_BEFORE : sumOf(took.calls);
  const fewer = calls === plain ? '' : ratio(plain, calls);
  const measured = took === null ? ['', ''] : [seconds(took.ms), took.peakMb.toFixed(0)];
  return [name, number(calls), fewer, ...measured];
}

/** The calls about each user, of those whom reviews block. The others are about the account. */
function callsForEach(reviews: Calls, users: number): number {
  return Object.values(reviews).filter((calls) => calls >= users).length;
}

/** The calls of a quiet night in the version without the fresh credential report, at 100, 1,000 and 5,000 users. */
const BEFORE: Readonly<Record<string, readonly [number, number, number]>> = {
  '90 % virtual, 5 % none, 5 % service': [11, 11, 19],
  '20 % passkeys, 5 % none, 5 % service': [31, 211, 1018],
  '90 % passkeys, 5 % none, 5 % service': [101, 911, 4515],
  '100 % passkeys': [109, 1009, 5013],
  'half without MFA': [11, 11, 17],
  'half service': [11, 11, 17],
};

/** @throws Error where it was not measured */
export function before(mixName: string, users: number): number {
  const calls = BEFORE[mixName]?.[[100, 1000, 5000].indexOf(users)];
  if (calls === undefined) throw new Error(`not measured before: ${users} users, ${mixName}`);
  return calls;
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
    .filter(([action]) => !/^(Generate|Get|List|Simulate)/.test(action))
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
