import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { describeRule } from '../../../functions/io/eventbridge.ts';
import {
  getGroupPolicy,
  getPolicyVersion,
  getRolePolicy,
  listOwnPolicies,
} from '../../../functions/io/iam-policies.ts';
import { getQueueAttributes } from '../../../functions/io/sqs.ts';
import { script } from '../../fakes/scripted-client.ts';

const region = { region: 'us-east-1' };
/** Python's notation of a document. */
const DOCUMENT = "{'Version': '2012-10-17'}";

/** A client that gets one answer. */
const answered = <C extends { send: (command: never) => unknown }>(
  client: C,
  answer: object,
): C => {
  script(client, [answer]);
  return client;
};
const iam = (answer: object) => answered(new IAMClient(region), answer);
const sqs = (answer: object) => answered(new SQSClient(region), answer);
const events = (answer: object) => answered(new EventBridgeClient(region), answer);

it.each([
  [
    'the policy rights of the role reviewer',
    () => getRolePolicy(iam({ PolicyDocument: DOCUMENT }), 'reviewer', 'rights'),
  ],
  [
    'the policy ForceMFA of the group blocked',
    () => getGroupPolicy(iam({ PolicyDocument: DOCUMENT }), 'blocked', 'ForceMFA'),
  ],
  [
    'the policy arn:aws:iam::1:policy/a v2',
    () =>
      getPolicyVersion(
        iam({ PolicyVersion: { Document: DOCUMENT } }),
        'arn:aws:iam::1:policy/a',
        'v2',
      ),
  ],
  [
    'the policy arn:aws:iam::1:policy/b',
    () => {
      const PolicyVersionList = [{ IsDefaultVersion: true, Document: DOCUMENT }];
      const policy = { Arn: 'arn:aws:iam::1:policy/b', PolicyVersionList };
      return listOwnPolicies(iam({ Policies: [policy] })).next();
    },
  ],
  [
    'the event pattern of the rule changes',
    () => describeRule(events({ EventPattern: DOCUMENT }), 'default', 'changes'),
  ],
  [
    'the Policy of the queue https://q',
    () => getQueueAttributes(sqs({ Attributes: { Policy: DOCUMENT } }), 'https://q'),
  ],
])('names the document of AWS’s answer that is not JSON: %s', async (what, read) => {
  await expect(read()).rejects.toThrow(`AWS’s answer is not JSON: ${what}`);
});
