import {
  AttachUserPolicyCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
} from '@aws-sdk/client-iam';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { isHeld, waitFor } from '../../infra/local/watch.ts';
import { empty, physicalId, startTestAws, type TestAws, toldIds } from './local-aws.ts';
import { type Answer, type Call, startProxy } from './proxy.ts';

/** Where the process dies, once: before AWS gets the call, or before the function gets the answer. */
let deadly: { readonly action: string; readonly when: 'before' | 'after' } | null = null;

async function dieThere({ action }: Call, pass: () => Promise<Answer>): Promise<Answer | 'reset'> {
  if (deadly?.action !== action) return pass();
  const { when } = deadly;
  deadly = null;
  if (when === 'after') await pass();
  test.aws.functions.onIamChange.crash();
  return 'reset';
}

const started = await startTestAws({
  parameters: { HoldLimit: '1000' },
  between: (endpoint) => startProxy(endpoint, dieThere),
});
const test = started as TestAws;

afterAll(() => started?.stop());

const ACCOUNT = '123456789012';

/**
 * In the order of a review. Told: where nobody can have been written to yet. Later, an alert may die with the process,
 * of the one it was about or of the other: docs/decisions/003.
 */
const places = [
  { action: 'iam:ListMFADevices', when: 'before', told: true },
  { action: 'iam:ListMFADevices', when: 'after', told: true },
  { action: 'iam:ListAttachedUserPolicies', when: 'after', told: true },
  { action: 'iam:AttachUserPolicy', when: 'before', told: false },
  { action: 'iam:AttachUserPolicy', when: 'after', told: false },
  { action: 'iam:DetachUserPolicy', when: 'before', told: false },
  { action: 'iam:DetachUserPolicy', when: 'after', told: false },
  { action: 'events:PutEvents', when: 'before', told: false },
  { action: 'events:PutEvents', when: 'after', told: false },
] as const;

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

/** Somebody who has enrolled, and is held still. */
async function putEnrolled(UserName: string): Promise<string> {
  await test.unseen.send(new CreateUserCommand({ UserName }));
  const device = new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: UserName });
  const { VirtualMFADevice } = await test.unseen.send(device);
  const SerialNumber = VirtualMFADevice?.SerialNumber ?? '';
  const codes = { AuthenticationCode1: '123456', AuthenticationCode2: '654321' };
  await test.unseen.send(new EnableMFADeviceCommand({ UserName, SerialNumber, ...codes }));
  const PolicyArn = physicalId(test, 'ForceMfaPolicy');
  await test.unseen.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
  return SerialNumber;
}

describe.skipIf(started === null)('a function that is killed in the middle of a batch', () => {
  it.each(places.map((place, index) => ({ ...place, index })))(
    '$when $action is started again, and everybody ends as they should be',
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
      const ended = async () =>
        deadly === null &&
        (await isHeld(test.aws, test.unseen, newcomer)) &&
        !(await isHeld(test.aws, test.unseen, enrolled));
      expect(await waitFor(ended, 30_000)).not.toBeNull();
      expect(await isHeld(test.aws, test.unseen, bystander)).toBe(false);
    },
  );

  it('leaves no message behind, and none among the dead letters', async () => {
    expect(await waitFor(() => empty(test, 'queues', true), 60_000)).not.toBeNull();
    expect(await empty(test, 'dead letters')).toBe(true);
  });

  it('has told of everybody to whom nothing had been done yet', () => {
    const told = new Set(toldIds(test));
    for (const [index, place] of places.entries()) {
      const ids = [
        `user-held/${ACCOUNT}/newcomer-${index}/CreateUser-newcomer-${index}`,
        `user-released/${ACCOUNT}/enrolled-${index}/EnableMFADevice-enrolled-${index}`,
      ];
      const untold = ids.filter((id) => !told.has(id));
      const where = `${place.when} ${place.action}`;
      if (place.told) expect(untold, where).toEqual([]);
    }
  });
});
