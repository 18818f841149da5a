import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { IamServer } from '../fakes/iam-server.ts';
import { type Counts, fillAccount, type Mix } from '../fakes/large-account.ts';
import type { MemoryUser } from '../fakes/memory-iam.ts';
import {
  ACCOUNT,
  handle,
  iamEvent,
  POLICY,
  sweepRequest,
  testPipeline,
} from '../fakes/pipeline.ts';
import { coldImport, loadedFiles } from './cold-import.ts';
import { type Program, runProgram } from './run-program.ts';

export type Calls = Readonly<Record<string, number>>;

/** The measurements of one program, with the reviews that its findings need. */
export interface Took {
  readonly calls: Calls;
  readonly reviews: Calls;
  readonly ms: number;
  readonly peakMb: number;
  readonly found: number;
}

export interface AccountMeasured {
  readonly users: number;
  readonly mixName: string;
  readonly counts: Counts;
  readonly first: Took;
  readonly second: Took;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Two sweeps of an account without other changes, one day apart. */
export async function measureSweeps(
  program: 'our-sweep' | 'plain-sweep',
  users: number,
  [mixName, mix]: readonly [string, Mix],
): Promise<AccountMeasured> {
  let aheadMs = 0;
  const server = await IamServer.start({ account: ACCOUNT, now: () => Date.now() + aheadMs });
  // The first request for the credential report finds it not ready.
  server.iam.credentialReport.takesMs = () => 0;
  try {
    const counts = fillAccount(server.iam, users, mix);
    const first = await take(server, program);
    aheadMs = DAY_MS;
    const second = await take(server, program, aheadMs);
    return { users, mixName, counts, first, second };
  } finally {
    await server.stop();
  }
}

/** The measurements of a monitor's reading. */
export async function measureMonitor(program: Program, users: number, mix: Mix): Promise<Took> {
  const server = await IamServer.start({ account: ACCOUNT });
  try {
    fillAccount(server.iam, users, mix);
    return await take(server, program);
  } finally {
    await server.stop();
  }
}

async function take(server: IamServer, program: Program, aheadMs = 0): Promise<Took> {
  server.resetCounts();
  const { ms, peakMb, users } = await runProgram(program, server.endpoint, aheadMs);
  const calls = { ...server.counts };
  const reviews = program === 'our-sweep' ? await review(server, users) : {};
  return { calls, reviews, ms, peakMb, found: users.length };
}

/** Reviews users as on-iam-change does, ten at a time. */
async function review({ iam }: IamServer, users: readonly string[]): Promise<Calls> {
  const pipeline = testPipeline({ blockLimit: 9999 }, {}, iam);
  const begin = iam.calls.length;
  for (let from = 0; from < users.length; from += 10) {
    await handle(pipeline, ...users.slice(from, from + 10).map((user) => sweepRequest(user)));
  }
  return countOf(iam.calls.slice(begin).map(({ action }) => action));
}

export interface EventMeasured {
  readonly what: string;
  readonly event: string;
  readonly calls: readonly string[];
}

const PHONE = `arn:aws:iam::${ACCOUNT}:mfa/phone`;
const service = [{ key: 'userType', value: 'Service' }];

const events: readonly (readonly [string, string, Partial<MemoryUser>, object])[] = [
  ['has MFA', 'EnableMFADevice', { devices: [PHONE] }, { serialNumber: PHONE }],
  ['has MFA', 'CreateLoginProfile', { devices: [PHONE], password: true }, {}],
  [
    'has MFA, and is unblocked',
    'EnableMFADevice',
    { devices: [PHONE], policies: [POLICY] },
    { serialNumber: PHONE },
  ],
  ['is exempt', 'CreateUser', { tags: { userType: 'Service' } }, { tags: service }],
  ['becomes exempt', 'TagUser', { tags: { userType: 'Service' } }, { tags: service }],
  ['is exempt, without tags in the event', 'UpdateUser', { tags: { userType: 'Service' } }, {}],
  ['is blocked already', 'CreateLoginProfile', { policies: [POLICY], password: true }, {}],
  ['is to be blocked', 'CreateUser', {}, {}],
  ['is to be blocked', 'DeactivateMFADevice', {}, { serialNumber: PHONE }],
];

/** The calls for one event in a warm instance of the function. */
export async function measureEvents(): Promise<EventMeasured[]> {
  const measured: EventMeasured[] = [];
  for (const [what, event, user, parameters] of events) {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', user);
    await handle(pipeline, iamEvent(event, { parameters: { ...parameters } }));
    const cached = ['ListAccountAliases', 'GetPolicy', 'GetAccountSummary'];
    const calls = pipeline.iam.calls.map(({ action }) => action);
    measured.push({ what, event, calls: calls.filter((action) => !cached.includes(action)) });
  }
  return measured;
}

export interface BundleMeasured {
  readonly name: string;
  readonly bytes: number;
  readonly gzipped: number;
  readonly coldMs: number;
  readonly emptyMs: number;
}

/** The size that a cold start of each function loads, from dist/ after `npm run build`. */
export function measureBundles(): BundleMeasured[] {
  return ['on-iam-change', 'nightly-sweep', 'notify-slack', 'notify-user'].map((name) => {
    const file = `dist/${name}/index.mjs`;
    const source = Buffer.concat([...loadedFiles(file)].map((one) => readFileSync(one)));
    const { ms, emptyMs } = coldImport(file, 11);
    return { name, bytes: source.length, gzipped: gzipSync(source).length, coldMs: ms, emptyMs };
  });
}

function countOf(actions: readonly string[]): Calls {
  const counts: Record<string, number> = {};
  for (const action of actions) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}

/** All calls together. */
export function sumOf(...calls: readonly Calls[]): number {
  return calls.flatMap((one) => Object.values(one)).reduce((sum, count) => sum + count, 0);
}
