import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { sweep } from '../../../functions/pipeline/sweep/scan-account.ts';
import type { SweepDeps } from '../../../functions/pipeline/sweep/sweep-deps.ts';
import { iamClient } from '../../../functions/runtime/clients.ts';
import { settingsOfBench } from '../settings.ts';
import { measured } from './measured.ts';

// One sweep of the account behind AWS_ENDPOINT_URL by the code of nightly-sweep, with a queue that only counts.
const users: string[] = [];
const sqs = {
  send: async ({ input }: { input: { Entries: { Id: string; MessageBody: string }[] } }) => {
    for (const { MessageBody } of input.Entries) {
      users.push((JSON.parse(MessageBody) as { user: string }).user);
    }
    return { Successful: input.Entries.map(({ Id }) => ({ Id })) };
  },
} as unknown as SQSClient;
const silent = () => undefined;
const log = { info: silent, warn: silent, error: silent };

await measured(async () => {
  const deps = {
    iam: iamClient(),
    sqs,
    queueUrl: '',
    settings: settingsOfBench,
    log,
    sleep,
    now: () => new Date(),
  };
  // A sweep uses no other dependencies.
  const swept = await sweep(deps as unknown as SweepDeps, 'bench');
  if (swept.kind === 'unfinished') throw swept.error;
  return users;
});
