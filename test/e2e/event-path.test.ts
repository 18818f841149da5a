import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TagPolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, describe, expect, it } from 'vitest';
import { PROBE_TAG, Probe, Proof } from '../../events/event-path.ts';
import { stateKeys } from '../../events/state-keys.ts';
import { getEntry } from '../../functions/io/dynamodb.ts';
import { localClient } from '../../infra/local/local-client.ts';
import { sweepNow } from '../../infra/local/watch.ts';
import { physicalId, startTestAws, type TestAws, until, untilQuiet } from './local-aws.ts';

const ACCOUNT = '123456789012';
const started = await startTestAws({ parameters: { Mode: 'observe' } });
const test = started as TestAws;

afterAll(() => started?.stop());

async function entryOf(id: string): Promise<unknown> {
  const dynamo = localClient(DynamoDBClient, test.aws.moto.endpoint);
  const text = await getEntry(dynamo, physicalId(test, 'StateTable'), id);
  dynamo.destroy();
  return text === null ? null : JSON.parse(text);
}
const probe = async () => Probe.parse(await entryOf(stateKeys.probe(ACCOUNT)));
const proof = async () => Proof.nullable().parse(await entryOf(stateKeys.proof(ACCOUNT)));

/** Tags the policy with a probe's value, as another identity. */
async function forge(value: string): Promise<void> {
  const before = dropped();
  const Tags = [{ Key: PROBE_TAG, Value: value }];
  const PolicyArn = physicalId(test, 'ForceMfaPolicy');
  await test.admin.send(new TagPolicyCommand({ PolicyArn, Tags }));
  await until(() => dropped() > before, 'the forged event is dropped');
}
const dropped = () =>
  test.aws.functions.onIamChange.log().split('the tag was not written by the enforcer').length;

describe.skipIf(started === null)('the event path, in observe mode', () => {
  it('is not proven by a tag that another identity writes, with the value of the last probe or another', async () => {
    test.aws.trail.fate = ({ eventName }) => (eventName === 'TagPolicy' ? 'lose' : 'deliver');
    await sweepNow(test.aws, 'lost');
    test.aws.trail.fate = () => 'deliver';
    const { value, state } = await probe();
    expect(state).toBe('sent');
    await forge(value);
    await forge('lost/another');
    expect(await proof()).toBeNull();
  });

  it('is proven by the call of the next sweep, which comes back as an event', async () => {
    await sweepNow(test.aws, 'arrives');
    const { value, sentAt } = await probe();
    expect(value).toBe(`arrives/${sentAt}`);
    await until(async () => (await proof())?.value === value, 'the proof');
    const { latencyMs = Number.NaN, receivedAt = '' } = (await proof()) ?? {};
    expect(latencyMs).toBe(Date.parse(receivedAt) - Date.parse(sentAt));
    expect(latencyMs).toBeLessThan(30_000);
    expect(test.aws.functions.onIamChange.log()).toContain(`"EventPathLatency":${latencyMs}`);
  });

  it('costs one call a sweep, and no message', async () => {
    await untilQuiet(test);
    const calls = test.aws.trail.records.filter(({ userIdentity }) =>
      JSON.stringify(userIdentity).includes('NightlySweepRole'),
    );
    expect(calls.map(({ eventName }) => eventName)).toEqual(['TagPolicy', 'TagPolicy']);
    expect(JSON.stringify(test.aws.slack.messages)).not.toContain('tagged');
  });
});
