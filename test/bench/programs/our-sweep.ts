import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { probePath } from '../../../functions/pipeline/sweep/probe-path.ts';
import { sweep } from '../../../functions/pipeline/sweep/scan-account.ts';
import type { SweepDeps } from '../../../functions/pipeline/sweep/sweep-deps.ts';
import { iamClient } from '../../../functions/runtime/clients.ts';
import { settingsOfBench } from '../settings.ts';
import { measured } from './measured.ts';

// One sweep of the account behind AWS_ENDPOINT_URL by the code of nightly-sweep, with a probe of the event path, a queue that
// only counts, and a state table that stays empty.
const users: string[] = [];
const sqs = {
  send: async ({ input }: { input: { Entries: { Id: string; MessageBody: string }[] } }) => {
    for (const { MessageBody } of input.Entries) {
      users.push((JSON.parse(MessageBody) as { user: string }).user);
    }
    return { Successful: input.Entries.map(({ Id }) => ({ Id })) };
  },
} as unknown as SQSClient;
const emptyTable = { send: async () => ({}) };
// What fails alone is only logged, and would be missing in the figures.
const fail = (message: string, values?: object) => {
  throw new Error(message, { cause: values });
};
const log = { info: () => undefined, warn: fail, error: fail };

await measured(async () => {
  const iam = iamClient();
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
    settings: settingsOfBench,
    log,
    sleep,
    now: () => new Date(),
    // A sweep uses no other dependencies.
  } as unknown as SweepDeps;
  const { account } = settingsOfBench;
  const startedAt = deps.now().toISOString();
  const schema = 'mfa-enforcer/sweep-request/1';
  await probePath(deps, { schema, account, sweepId: 'bench', startedAt });
  const swept = await sweep(deps, 'bench');
  if (swept.kind === 'unfinished') throw swept.error;
  return users;
});
