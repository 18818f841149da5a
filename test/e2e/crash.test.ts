import { AttachUserPolicyCommand, CreateUserCommand } from '@aws-sdk/client-iam';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { enrol } from '../../infra/local/people.ts';
import { isBlocked, waitFor } from '../../infra/local/watch.ts';
import { empty, physicalId, sentIds, startTestAws, type TestAws } from './local-aws.ts';
import { type Answer, type Call, type Pass, startProxy } from './proxy.ts';

/** The call at which the process dies once: before AWS gets the call, or before the function gets the answer. */
let deadly: { readonly action: string; readonly when: 'before' | 'after' } | null = null;

async function dieThere({ action, body }: Call, pass: Pass): Promise<Answer | 'reset'> {
  if (action === 'sqs:SendMessage') return pass(withoutDelay(body));
  if (deadly?.action !== action) return pass();
  const { when } = deadly;
  deadly = null;
  if (when === 'after') await pass();
  test.aws.functions.onIamChange.crash();
  return 'reset';
}

/** A message that is sent back to the queue comes again within two seconds: only the function's clock matters here. */
function withoutDelay(body: string): string {
  const message = JSON.parse(body) as { readonly DelaySeconds?: number };
  return JSON.stringify({ ...message, DelaySeconds: Math.min(message.DelaySeconds ?? 0, 2) });
}

const started = await startTestAws({
  // A failed record is retried after most of the deaths. After five of them it would be a failed message.
  retrySeconds: 10,
  parameters: { BlockLimit: '1000' },
  between: (endpoint) => startProxy(endpoint, dieThere),
});
const test = started as TestAws;

afterAll(() => started?.stop());

const ACCOUNT = '123456789012';

/** The calls in the order of a review. */
const places = [
  { action: 'iam:ListMFADevices', when: 'before' },
  { action: 'iam:ListMFADevices', when: 'after' },
  { action: 'iam:ListAttachedUserPolicies', when: 'after' },
  { action: 'iam:AttachUserPolicy', when: 'before' },
  { action: 'iam:AttachUserPolicy', when: 'after' },
  { action: 'iam:DetachUserPolicy', when: 'before' },
  { action: 'iam:DetachUserPolicy', when: 'after' },
  { action: 'events:PutEvents', when: 'before' },
  { action: 'events:PutEvents', when: 'after' },
] as const;

// A dead process's action locks the user for 75 s (functions/domain/review/action-log.ts). IAM may not show the action for two
// minutes (functions/domain/review/stale-reads.ts). After that the queue delivers the message again.
const VISIBILITY_SECONDS = 360;

const ENDED_WITHIN_MS = 300_000;

function record(eventName: string, userName: string, parameters: object = {}): string {
  return JSON.stringify({
    eventID: `${eventName}-${userName}`,
    eventName,
    eventSource: 'iam.amazonaws.com',
    eventTime: new Date().toISOString(),
    recipientAccountId: ACCOUNT,
    userIdentity: { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root` },
    requestParameters: { userName, ...parameters },
    responseElements: null,
  });
}

/** Creates a user who has enrolled and is still blocked. */
async function putEnrolled(UserName: string): Promise<string> {
  await test.unseen.send(new CreateUserCommand({ UserName }));
  const SerialNumber = await enrol(test.unseen, UserName);
  const PolicyArn = physicalId(test, 'ForceMfaPolicy');
  await test.unseen.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
  return SerialNumber;
}

describe.skipIf(started === null)('a function that is killed in the middle of a batch', () => {
  it.each(places.map((place, index) => ({ ...place, index })))(
    '$when $action',
    async ({ action, when, index }) => {
      const [newcomer, enrolled, bystander] = ['newcomer', 'enrolled', 'bystander'].map(
        (name) => `${name}-${index}`,
      ) as [string, string, string];
      for (const UserName of [newcomer, bystander]) {
        await test.unseen.send(new CreateUserCommand({ UserName }));
      }
      const serialNumber = await putEnrolled(enrolled);
      deadly = { action, when };
      const bodies = [
        record('CreateUser', newcomer),
        record('EnableMFADevice', enrolled, { serialNumber }),
      ];
      await test.sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: physicalId(test, 'IamChangesQueue'),
          Entries: bodies.map((MessageBody, at) => ({ Id: String(at), MessageBody })),
        }),
      );
      expect(await waitFor(() => deadly === null, 30_000)).not.toBeNull();
    },
  );

  it(
    'is started again, and every user ends in the right state',
    async () => {
      test.aws.functions.onIamChange.crash(VISIBILITY_SECONDS);
      const blocked = (name: string) => isBlocked(test.aws, test.unseen, name);
      const ended = async () => {
        for (const index of places.keys()) {
          if (!(await blocked(`newcomer-${index}`)) || (await blocked(`enrolled-${index}`)))
            return false;
        }
        return true;
      };
      expect(await waitFor(ended, ENDED_WITHIN_MS)).not.toBeNull();
      for (const index of places.keys()) expect(await blocked(`bystander-${index}`)).toBe(false);
    },
    ENDED_WITHIN_MS + 20_000,
  );

  it(
    'leaves no message in a queue or a dead-letter queue',
    async () => {
      expect(await waitFor(() => empty(test, 'queues', true), ENDED_WITHIN_MS)).not.toBeNull();
      expect(await empty(test, 'failed messages')).toBe(true);
    },
    ENDED_WITHIN_MS + 20_000,
  );

  it('reports every user', () => {
    const posted = new Set(sentIds(test));
    const ids = [...places.keys()].flatMap((index) => [
      `user-blocked/${ACCOUNT}/newcomer-${index}/CreateUser-newcomer-${index}`,
      `user-unblocked/${ACCOUNT}/enrolled-${index}/EnableMFADevice-enrolled-${index}`,
    ]);
    expect(ids.filter((id) => !posted.has(id))).toEqual([]);
  });
});
