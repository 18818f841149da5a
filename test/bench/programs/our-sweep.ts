import type { SQSClient } from '@aws-sdk/client-sqs';
import { accountNames, noNames } from '../../../functions/pipeline/accounts/account-names.ts';
import { oneAccount } from '../../../functions/pipeline/accounts/accounts.ts';
import { handleSweepMessage } from '../../../functions/pipeline/sweep/sweep-account.ts';
import type { SweepDeps } from '../../../functions/pipeline/sweep/sweep-deps.ts';
import { iamClient } from '../../../functions/runtime/clients.ts';
import type { Log } from '../../../functions/runtime/log.ts';
import { settingsOfBench } from '../settings.ts';
import { measured } from './measured.ts';

// One sweep of the account behind AWS_ENDPOINT_URL by the code of nightly-sweep, with a probe of the event path, queues that only
// take messages, and a state table that stays empty. The sweep's own messages come back at once. BENCH_AHEAD_MS is how far its
// clock is ahead.
const { account } = settingsOfBench;
const users: string[] = [];
const sweeps: string[] = [];
interface Sent {
  readonly MessageBody?: string;
  readonly Entries?: readonly { readonly Id: string; readonly MessageBody: string }[];
}
const sqs = {
  send: async ({ input: { MessageBody, Entries = [] } }: { input: Sent }) => {
    if (MessageBody?.includes('mfa-enforcer/sweep-request/')) sweeps.push(MessageBody);
    for (const entry of Entries) {
      users.push((JSON.parse(entry.MessageBody) as { user: string }).user);
    }
    return { Successful: Entries.map(({ Id }) => ({ Id })) };
  },
} as unknown as SQSClient;
const emptyTable = { send: async () => ({}) };
// What fails alone is only logged, and would be missing in the figures.
const fail = (message: string, values?: object) => {
  throw new Error(message, { cause: values });
};
const log = { info: () => undefined, warn: fail, error: fail } as unknown as Log;

await measured(async () => {
  const iam = iamClient();
  const now = () => new Date(Date.now() + Number(process.env.BENCH_AHEAD_MS));
  const deps = {
    iam,
    tagger: iam,
    probe: 'nightly',
    probeMinutes: 30,
    // An organization's summary, and no message of the sweep's own, waits for the probe.
    organization: 'o-bench',
    dynamo: emptyTable,
    stateTable: 'empty',
    sqs,
    queueUrl: '',
    sweepsQueueUrl: '',
    settings: settingsOfBench,
    names: accountNames(account, iam, noNames, log),
    publish: async () => undefined,
    measure: () => undefined,
    log,
    now,
    // A sweep uses no other dependencies.
  } as unknown as SweepDeps;
  const startedAt = now().toISOString();
  const schema = 'mfa-enforcer/sweep-request/1';
  sweeps.push(JSON.stringify({ schema, account, sweepId: 'bench', startedAt }));
  for (let body = sweeps.pop(); body !== undefined; body = sweeps.pop()) {
    await handleSweepMessage(oneAccount(account, deps), body, () => Number.POSITIVE_INFINITY);
  }
  return users;
});
