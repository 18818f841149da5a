import { describe, expect, it } from 'vitest';
import type { SweepRequest } from '../../../events/requests.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { type ProbedAccount, probeEventPaths } from '../../../functions/pipeline/doctor/probe.ts';
import {
  type ReadDeployment,
  readDeployment,
} from '../../../functions/pipeline/doctor/read-deployment.ts';
import { type HealthyDeployment, healthyDeployment } from '../../fakes/healthy-deployment.ts';

const OWN = '111122223333';
const SPOKE = '222233334444';

/** How far the probe of an account comes. */
type Way = 'not taken' | 'refused' | 'off' | 'pending' | 'sent' | 'forged' | 'arrived';

/** The deployment, whose nightly-sweep and on-iam-change write what they would. */
async function probed(
  ways: Readonly<Record<string, Way>>,
  spoil: (healthy: HealthyDeployment) => void = () => undefined,
): Promise<{ accounts: ProbedAccount[]; steps: string[]; seconds: number }> {
  const healthy = healthyDeployment();
  spoil(healthy);
  const { context, answers } = healthy;
  const sent: SweepRequest[] = [];
  answers.SendMessageBatch = ({ Entries }) => {
    const entries = Entries as { Id: string; MessageBody: string }[];
    sent.push(...entries.map(({ MessageBody }) => JSON.parse(MessageBody) as SweepRequest));
    return { Successful: entries.map(({ Id }) => ({ Id })) };
  };
  let at = context.now.getTime();
  const entriesOf = ({ account, sweepId, startedAt }: SweepRequest) => {
    const way = ways[account] ?? 'not taken';
    const state = { refused: 'refused', off: 'off', pending: 'pending' }[way as string] ?? 'sent';
    const value = `${sweepId}/${startedAt}`;
    const why = { code: 'denied', text: `iam:TagPolicy was ${way}` };
    const probe = {
      schema: 'mfa-enforcer/probe/1',
      account,
      sweepId: way === 'not taken' ? 'night' : sweepId,
      value,
      sentAt: startedAt,
      dueAt: startedAt,
      state,
      why: state === 'sent' ? null : why,
    };
    const proof = {
      schema: 'mfa-enforcer/proof/1',
      account,
      value: way === 'arrived' ? value : 'an earlier one',
      receivedAt: startedAt,
      latencyMs: 812,
    };
    return [
      [stateKeys.probe(account), probe],
      [stateKeys.proof(account), proof],
    ] as const;
  };
  answers.BatchGetItem = () => ({
    Responses: {
      StateTable: sent
        .flatMap(entriesOf)
        .map(([id, entry]) => ({ id: { S: id }, body: { S: JSON.stringify(entry) } })),
    },
  });
  const { deployment } = (await readDeployment(context)) as ReadDeployment;
  const steps: string[] = [];
  const accounts = await probeEventPaths(
    {
      context,
      deployment,
      now: () => new Date(at),
      pause: async (ms) => {
        at += ms;
      },
      limitMs: 60_000,
    },
    Object.keys(ways),
    (called, arrived) => steps.push(`${called}/${arrived}`),
  );
  expect(sent.map(({ account, only }) => [account, only])).toEqual(
    Object.keys(ways).map((account) => [account, 'probe']),
  );
  return { accounts, steps, seconds: (at - context.now.getTime()) / 1000 };
}

const stagesOf = ({ stages }: ProbedAccount) =>
  stages.map(({ stage, status }) => `${stage} ${status}`);
const upTo = (stage: string, status: string) => {
  const all = ['request', 'call', 'trail', 'rule', 'queue', 'function', 'outcome'];
  const at = all.indexOf(stage);
  return all.map((one, index) =>
    index === at
      ? `${one} ${status}`
      : `${one} ${index < at ? (index < 2 ? 'passed' : 'silent') : 'after'}`,
  );
};

const faults: readonly (readonly [string, (healthy: HealthyDeployment) => void, string, RegExp])[] =
  [
    [
      'a trail that is off',
      ({ answers }) => {
        answers.GetTrailStatus = () => ({ IsLogging: false });
      },
      'trail',
      /^aws cloudtrail start-logging/,
    ],
    [
      'a rule that is off',
      ({ spoil }) =>
        spoil('DescribeRule', { Name: 'PolicyChangesRule' }, (rule) => ({
          ...rule,
          State: 'DISABLED',
        })),
      'rule',
      /^aws events enable-rule .* --name PolicyChangesRule$/,
    ],
    [
      'a rule without a target',
      ({ spoil }) => spoil('ListTargetsByRule', { Rule: 'PolicyChangesRule' }, () => ({})),
      'rule',
      /^aws events put-targets/,
    ],
    [
      'a queue with another policy',
      ({ spoil }) =>
        spoil(
          'GetQueueAttributes',
          { QueueUrl: `https://sqs.us-east-1.amazonaws.com/${OWN}/IamChangesQueue` },
          () => ({ Attributes: {} }),
        ),
      'queue',
      /aws sqs set-queue-attributes/,
    ],
    [
      'a mapping that is off',
      ({ answers }) => {
        answers.GetEventSourceMapping = () => ({ State: 'Disabled' });
      },
      'function',
      /^aws lambda update-event-source-mapping/,
    ],
    [
      'a role without its policy',
      ({ spoil }) =>
        spoil('ListRolePolicies', { RoleName: 'OnIamChangeRole' }, () => ({ PolicyNames: [] })),
      'outcome',
      /aws iam put-role-policy/,
    ],
  ];

describe('a probe of the event path', () => {
  it('that comes back proves every stage', async () => {
    const { accounts, steps, seconds } = await probed({ [OWN]: 'arrived', [SPOKE]: 'arrived' });
    expect(accounts.map(({ account, status, latencyMs }) => [account, status, latencyMs])).toEqual([
      [OWN, 'proven', 812],
      [SPOKE, 'proven', 812],
    ]);
    expect(accounts.flatMap(stagesOf).every((one) => one.endsWith(' passed'))).toBe(true);
    expect([steps, seconds]).toEqual([['2/2'], 0]);
  });

  it.each(faults)('does not come back by %s', async (_, spoil, stage, fix) => {
    const { accounts, seconds } = await probed({ [OWN]: 'sent' }, spoil);
    const [probe] = accounts as [ProbedAccount];
    expect([probe.status, stagesOf(probe)]).toEqual(['unproven', upTo(stage, 'broken')]);
    expect(probe.stages.find(({ status }) => status === 'broken')?.fix).toMatch(fix);
    expect(seconds).toBe(60);
  });

  it('is silent where no check finds a fault', async () => {
    const [probe] = (await probed({ [OWN]: 'sent' })).accounts as [ProbedAccount];
    expect(stagesOf(probe)).toEqual(upTo('outcome', 'silent'));
  });

  it('is not proven by the proof of another probe', async () => {
    const [probe] = (await probed({ [OWN]: 'forged' })).accounts as [ProbedAccount];
    expect(probe.status).toBe('unproven');
  });

  it('says which check could not run', async () => {
    const spoil = ({ answers }: HealthyDeployment) => {
      answers.GetEventSourceMapping = () =>
        Object.assign(new Error('no'), { name: 'AccessDenied' });
    };
    const [probe] = (await probed({ [OWN]: 'sent' }, spoil)).accounts as [ProbedAccount];
    expect(stagesOf(probe)).toContain('function unknown');
  });

  it.each(['refused', 'off'] as const)('that is %s shows nothing', async (way) => {
    const { accounts, seconds } = await probed({ [OWN]: way });
    const [probe] = accounts as [ProbedAccount];
    expect([probe.status, stagesOf(probe)]).toEqual([way, upTo('call', 'broken')]);
    expect(probe.stages[1]?.message).toBe(`iam:TagPolicy was ${way}`);
    expect(seconds).toBe(0);
  });

  it('whose answer was lost says so, after it was waited for', async () => {
    const { accounts, seconds } = await probed({ [OWN]: 'pending' });
    const [probe] = accounts as [ProbedAccount];
    expect([probe.status, stagesOf(probe)]).toEqual(['unproven', upTo('call', 'unknown')]);
    expect(probe.stages[1]?.message).toBe('iam:TagPolicy was pending');
    expect(seconds).toBe(60);
  });

  it('whose request waits is not blamed on what comes later', async () => {
    const spoil = ({ answers }: HealthyDeployment) => {
      answers.GetEventSourceMapping = () => ({ State: 'Disabled' });
    };
    const [probe] = (await probed({ [OWN]: 'not taken' }, spoil)).accounts as [ProbedAccount];
    expect(stagesOf(probe)).toEqual(upTo('request', 'broken'));
    expect(probe.stages[0]?.message).toContain('NightlySweepEventSourceMappingSQSSweepsQueue');
  });

  it('of a spoke that is silent while the hub is as deployed did not leave its account', async () => {
    const { accounts } = await probed({ [OWN]: 'arrived', [SPOKE]: 'sent' });
    expect(accounts.map(({ status }) => status)).toEqual(['proven', 'unproven']);
    const rule = accounts[1]?.stages.find(({ stage }) => stage === 'rule');
    expect(rule?.message).toContain('the event did not leave the account');
    expect(rule?.fix).toContain(
      'aws events describe-rule --region us-east-1 --name ForceMFA-policy-changes',
    );
  });
});
