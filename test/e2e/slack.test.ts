import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, describe, expect, it } from 'vitest';
import { startEventSource } from '../../infra/local/event-source.ts';
import { localClient } from '../../infra/local/local-client.ts';
import { waitFor } from '../../infra/local/watch.ts';
import { blocked } from '../fakes/outcomes.ts';
import { withinLimits } from '../fakes/slack-limits.ts';
import { depth, physicalId, startTestAws, type TestAws } from './local-aws.ts';
import { startUnrulySlack } from './unruly-slack.ts';

const started = await startTestAws();
const test = started as TestAws;
const slack = await startUnrulySlack(20_261_122, 4);

afterAll(async () => {
  await started?.stop();
  await slack.stop();
});

const OUTCOMES = 150;
const WITHIN_MS = 400_000;

async function useWebhook(): Promise<void> {
  const ssm = localClient(SSMClient, test.aws.moto.endpoint);
  await ssm.send(
    new PutParameterCommand({
      Name: '/mfa-enforcer/slack-webhook',
      Type: 'SecureString',
      Value: slack.webhook,
      Overwrite: true,
    }),
  );
  ssm.destroy();
}

/** Puts outcomes into the queue, as the bus does. Other tests cover the bus, which is slow on moto. */
async function publish(users: readonly string[]): Promise<void> {
  for (let from = 0; from < users.length; from += 10) {
    const Entries = users.slice(from, from + 10).map((user, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify({
        source: 'mfa-enforcer',
        'detail-type': 'User Blocked',
        detail: blocked({ user, id: `user-blocked/${user}` }),
      }),
    }));
    const QueueUrl = physicalId(test, 'OutcomesQueue');
    await test.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
}

describe.skipIf(started === null)('a Slack that throttles, fails, hangs and resets', () => {
  it(`gets each of ${OUTCOMES} outcomes once, and no request before Retry-After`, async () => {
    await useWebhook();
    const { moto, functions, trail } = test.aws;
    // Lambda polls with several instances at once.
    const second = await startEventSource(
      moto.endpoint,
      'iam-mfa-enforcer-prod-notify-slack',
      functions.notifySlack,
      null,
      trail.eventSources,
    );
    const users = Array.from({ length: OUTCOMES }, (_, index) => `user-${index}`);
    const doubled = users.filter((_, index) => index % 25 === 0);
    await publish([...users, ...doubled]);
    const took = await waitFor(async () => (await depth(test, 'OutcomesQueue')) === 0, WITHIN_MS);
    await second.stop();

    const posted = slack.taken.flatMap((message) => [
      ...new Set(JSON.stringify(message).match(/`user-\d+`/g) ?? []),
    ]);
    process.stdout.write(
      `Slack: ${OUTCOMES} outcomes in ${slack.taken.length} messages, ${Math.round((took ?? WITHIN_MS) / 1000)} s; its answers: ${JSON.stringify(slack.answers)}\n`,
    );
    expect(took).not.toBeNull();
    expect(posted.toSorted()).toEqual(users.map((user) => `\`${user}\``).toSorted());
    for (const message of slack.taken) withinLimits(message);
    expect(slack.tooSoon).toEqual([]);
    expect(await depth(test, 'OutcomesFailed')).toBe(0);
    // The webhook is a secret.
    expect(functions.notifySlack.log()).not.toContain('canary-of-the-webhook');
    for (const what of ['429', '500', 'hang', 'reset', '302']) {
      expect(slack.answers[what], what).toBeGreaterThan(0);
    }
  }, 450_000);
});
