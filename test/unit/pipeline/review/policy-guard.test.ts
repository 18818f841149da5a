import { execFileSync } from 'node:child_process';
import { GetPolicyVersionCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { DENY_GROUP_DIFFERS, tamperingCalls } from '../../../../events/tampering.ts';
import {
  blockingPolicies,
  sameDocument,
} from '../../../../functions/domain/rules/blocking-policies.ts';
import { forceMfaBoundary, forceMfaPolicy } from '../../../../functions/domain/rules/force-mfa.ts';
import { throttled } from '../../../fakes/memory-iam.ts';
import { tamperingSeen } from '../../../fakes/outcomes.ts';
import {
  ACCOUNT,
  BOUNDARY,
  type EventOptions,
  handle,
  iamEvent,
  POLICY,
  settingsWith,
  sweepAll,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const open = { Version: '2012-10-17', Statement: [] };
const ours = { type: 'AssumedRole', arn: `arn:aws:sts::${ACCOUNT}:assumed-role/OnIamChangeRole/x` };

/** The event that a caller adds a version to a policy and makes it the default. */
function edit(pipeline: TestPipeline, arn: string, document: object) {
  const policy = pipeline.iam.managed[arn];
  if (!policy) throw new Error(`no policy ${arn}`);
  policy.versions.v2 = document;
  policy.defaultId = 'v2';
  return policy;
}

const setDefault = (policyArn: string, versionId: string, identity?: Record<string, unknown>) =>
  iamEvent('SetDefaultPolicyVersion', {
    parameters: { policyArn, versionId },
    ...(identity ? { identity } : {}),
  });

describe('a policy of ours that is edited', () => {
  it.each([POLICY, BOUNDARY])(
    'is restored if its good version still exists, and reported with the caller: %s',
    async (arn) => {
      const pipeline = testPipeline();
      const policy = edit(pipeline, arn, open);
      expect(await handle(pipeline, setDefault(arn, 'v2'))).toEqual(['fulfilled']);
      expect(policy.defaultId).toBe('v1');
      expect(pipeline.events.outcomes).toMatchObject([
        {
          kind: 'policy-changed',
          policyArn: arn,
          state: 'restored',
          versionId: 'v1',
          cause: { actor: { name: 'SecurityAdmin/alice' } },
        },
      ]);
    },
  );

  it('is reported as changed where the good version is gone', async () => {
    const pipeline = testPipeline();
    const policy = edit(pipeline, POLICY, open);
    delete policy.versions.v1;
    await handle(
      pipeline,
      iamEvent('DeletePolicyVersion', { parameters: { policyArn: POLICY, versionId: 'v1' } }),
    );
    expect(pipeline.iam.writes).toEqual([]);
    expect(pipeline.events.outcomes).toMatchObject([
      {
        state: 'changed',
      },
    ]);
  });

  it('or deleted is reported', async () => {
    const pipeline = testPipeline();
    pipeline.iam.policyExists = false;
    await handle(pipeline, iamEvent('DeletePolicy', { parameters: { policyArn: POLICY } }));
    expect(pipeline.events.outcomes).toMatchObject([
      {
        state: 'missing',
      },
    ]);
  });

  it('is reported even if it is as deployed again', async () => {
    const pipeline = testPipeline();
    await handle(pipeline, setDefault(POLICY, 'v1'));
    expect(pipeline.events.outcomes).toMatchObject([{ state: 'intact', versionId: 'v1' }]);
  });

  it('or deletes is not called intact while IAM still shows it', async () => {
    const pipeline = testPipeline();
    await handle(pipeline, iamEvent('DeletePolicy', { parameters: { policyArn: POLICY } }));
    expect(pipeline.events.outcomes).toEqual([]);
    expect(pipeline.sqs.sent).toHaveLength(1);
  });

  it('is put back once: the event of that does not act on a stale reading', async () => {
    const pipeline = testPipeline();
    edit(pipeline, POLICY, open);
    await handle(pipeline, setDefault(POLICY, 'v1', ours));
    expect(pipeline.iam.writes).toEqual([]);
    expect(pipeline.events.outcomes).toEqual([]);
    expect(pipeline.sqs.sent).toHaveLength(1);
  });

  it('is left to a deployment under way: the function that knows the new document follows', async () => {
    const pipeline = testPipeline();
    edit(pipeline, POLICY, open);
    const event = JSON.parse(setDefault(POLICY, 'v2')) as { detail: Record<string, unknown> };
    event.detail.sourceIPAddress = 'cloudformation.amazonaws.com';
    await handle(pipeline, JSON.stringify(event));
    expect(pipeline.iam.writes).toEqual([]);
    expect(pipeline.sqs.sent).toHaveLength(1);
    pipeline.clock.time += 120_000;
    await handle(pipeline, JSON.stringify(event));
    expect(pipeline.events.outcomes).toMatchObject([{ state: 'restored' }]);
  });

  it('that a deployment changes with EnrolWith is not reported once the function knows it', async () => {
    const pipeline = testPipeline({ enrolWith: 'console-and-keys' });
    deployWithKeys(pipeline);
    const event = JSON.parse(setDefault(POLICY, 'v2')) as { detail: Record<string, unknown> };
    event.detail.sourceIPAddress = 'cloudformation.amazonaws.com';
    await handle(pipeline, JSON.stringify(event));
    const { outcomes } = await sweepAll(pipeline);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['sweep-finished']);
    expect(pipeline.iam.writes).toEqual([]);
    expect(pipeline.sqs.sent).toEqual([]);
  });

  it('with the document of another EnrolWith is restored', async () => {
    const pipeline = testPipeline({ enrolWith: 'console' });
    edit(pipeline, POLICY, forceMfaPolicy('aws', 'console-and-keys'));
    await handle(pipeline, setDefault(POLICY, 'v2'));
    expect(pipeline.events.outcomes).toMatchObject([{ state: 'restored', versionId: 'v1' }]);
  });

  it('is not believed intact while IAM does not show the change yet', async () => {
    const pipeline = testPipeline();
    await handle(pipeline, setDefault(POLICY, 'v2'));
    expect(pipeline.events.outcomes).toEqual([]);
    expect(pipeline.sqs.sent).toHaveLength(1);
  });

  it('and restored by us is not reported a second time: the enforcer’s own call ends there', async () => {
    const pipeline = testPipeline();
    await handle(pipeline, setDefault(POLICY, 'v1', ours));
    expect(pipeline.events.outcomes).toEqual([]);
    expect(pipeline.iam.writes).toEqual([]);
  });

  it('is only reported in observe mode', async () => {
    const pipeline = testPipeline({ mode: 'observe' });
    edit(pipeline, POLICY, open);
    await handle(pipeline, setDefault(POLICY, 'v2'));
    expect(pipeline.iam.writes).toEqual([]);
    expect(pipeline.events.outcomes).toMatchObject([{ state: 'changed', mode: 'observe' }]);
  });

  it.each(['GetPolicy', 'GetPolicyVersion', 'ListPolicyVersions', 'SetDefaultPolicyVersion'])(
    'is tried again where %s fails',
    async (action) => {
      const pipeline = testPipeline();
      edit(pipeline, POLICY, open);
      pipeline.iam.failNext(action, throttled);
      expect(await handle(pipeline, setDefault(POLICY, 'v2'))).toEqual(['Rate exceeded']);
      expect(await handle(pipeline, setDefault(POLICY, 'v2'))).toEqual(['fulfilled']);
      expect(pipeline.events.outcomes).toMatchObject([{ state: 'restored' }]);
    },
  );

  it('is not put back by what was read before its batch was given up', async () => {
    const pipeline = testPipeline();
    edit(pipeline, POLICY, open);
    const send = pipeline.iam.send.bind(pipeline.iam);
    pipeline.iam.send = async (command: object, options?: object) => {
      const answer = await send(command, options);
      if (command instanceof GetPolicyVersionCommand) pipeline.clock.time += 49_001;
      return answer;
    };
    const changed = setDefault(POLICY, 'v2');
    expect(await handle(pipeline, changed)).toEqual(['the readings are too old to act on']);
    expect(pipeline.iam.writes).toEqual([]);
  });

  it('is ignored if it is another policy', async () => {
    const pipeline = testPipeline();
    await handle(pipeline, setDefault('arn:aws:iam::111122223333:policy/other', 'v2'));
    expect(pipeline.iam.calls).toEqual([]);
  });
});

describe('a sweep', () => {
  it('has a changed policy restored, and reports no policy that is as deployed', async () => {
    const pipeline = testPipeline();
    await sweepAll(pipeline, 'quiet');
    expect(pipeline.sqs.sent).toEqual([]);

    const policy = edit(pipeline, POLICY, open);
    await sweepAll(pipeline);
    expect(policy.defaultId).toBe('v2');
    await handle(pipeline, ...pipeline.sqs.sent.splice(0).map(({ body }) => body));
    expect(policy.defaultId).toBe('v1');
    expect(pipeline.events.outcomes).toMatchObject([
      { kind: 'policy-changed', state: 'restored', cause: { kind: 'sweep', sweepId: 'sweep-1' } },
    ]);
  });
});

describe('the deny group', () => {
  it.each([
    [
      'carries something else',
      (pipeline: TestPipeline) => {
        pipeline.iam.groupDocument = open;
      },
    ],
    [
      'is gone',
      (pipeline: TestPipeline) => {
        pipeline.iam.groupExists = false;
      },
    ],
  ])('that %s is reported by the sweep', async (_, tamper) => {
    const pipeline = testPipeline();
    tamper(pipeline);
    const { outcomes } = await sweepAll(pipeline);
    expect(outcomes).toMatchObject([
      {
        kind: 'tampering-seen',
        what: DENY_GROUP_DIFFERS,
        resource: 'ForceMFA',
        cause: { kind: 'sweep' },
      },
      { kind: 'sweep-finished' },
    ]);
  });

  it('that is as deployed is not reported', async () => {
    const { outcomes } = await sweepAll(testPipeline());
    expect(outcomes.map(({ kind }) => kind)).toEqual(['sweep-finished']);
  });
});

/** The document of a deployment with EnrolWith console-and-keys. */
function deployWithKeys({ iam }: ReturnType<typeof testPipeline>): void {
  const document = forceMfaPolicy('aws', 'console-and-keys');
  iam.managed[POLICY] = { defaultId: 'v2', versions: { v2: document } };
  const boundary = forceMfaBoundary('aws', 'console-and-keys');
  iam.managed[`${POLICY}-boundary`] = { defaultId: 'v2', versions: { v2: boundary } };
  iam.groupDocument = document;
}

describe('documents', () => {
  const policy = forceMfaPolicy('aws', 'console');

  it('are the same in any order of keys and of actions', () => {
    const reordered = {
      Statement: policy.Statement.map(({ Action, ...rest }) => ({
        ...rest,
        ...(Array.isArray(Action) ? { Action: Action.toReversed() } : Action ? { Action } : {}),
      })),
      Version: policy.Version,
    };
    expect(sameDocument(reordered, policy)).toBe(true);
  });

  it.each([
    ['another partition', forceMfaPolicy('aws-cn', 'console')],
    ['a statement less', { ...policy, Statement: policy.Statement.slice(1) }],
    [
      'a weaker condition',
      JSON.parse(JSON.stringify(policy).replace('BoolIfExists', 'Bool')) as object,
    ],
    [
      'an open action more',
      JSON.parse(
        JSON.stringify(policy).replace('"sts:GetSessionToken"', '"sts:GetSessionToken","s3:*"'),
      ) as object,
    ],
    ['nothing', null],
  ])('are not the same with %s', (_, other) => {
    expect(sameDocument(other, policy)).toBe(false);
  });
});

describe('the command that puts a policy back', () => {
  const commands = blockingPolicies(settingsWith()).flatMap(({ fix, recreate }) => [fix, recreate]);

  it.each(commands)('can be pasted into a shell: %s', (command) => {
    execFileSync('bash', ['-n', '-c', command]);
  });
});

/** A call of the table, on a resource. */
function tamperingEvent(
  id: string,
  parameters: Record<string, unknown>,
  options: EventOptions = {},
): string {
  const [service, eventName = ''] = id.split(':');
  const event = JSON.parse(iamEvent(eventName, { ...options, parameters })) as {
    source: string;
    detail: Record<string, unknown>;
  };
  event.source = `aws.${service}`;
  event.detail.eventSource = `${service}.amazonaws.com`;
  return JSON.stringify(event);
}

describe('tampering with the enforcer', () => {
  const rule = 'iam-mfa-enforcer-test-UserChangesRule-X';

  it('is reported with the caller, and reads nothing from IAM', async () => {
    const pipeline = testPipeline();
    const event = tamperingEvent('events:DisableRule', { name: rule }, { eventId: 'e1' });
    expect(await handle(pipeline, event)).toEqual(['fulfilled']);
    expect(pipeline.iam.count('GetUser')).toBe(0);
    expect(pipeline.events.outcomes).toMatchObject([
      {
        kind: 'tampering-seen',
        id: 'tampering-seen/111122223333/e1',
        what: 'events:DisableRule',
        resource: rule,
        cause: { actor: { name: 'SecurityAdmin/alice' } },
      },
    ]);
  });

  it.each(tamperingCalls.filter(({ kind }) => kind !== 'trail' && kind !== 'mapping'))(
    'is not reported on a resource that is not the enforcer’s: $id',
    async ({ id, parameter }) => {
      const pipeline = testPipeline();
      const event = tamperingEvent(id, { [parameter]: 'nightly-backup-of-wikis' });
      expect(await handle(pipeline, event)).toEqual(['fulfilled']);
      expect(pipeline.events.outcomes).toEqual([]);
      expect(pipeline.logged).toMatchObject([
        {
          level: 'info',
          message: 'dropped',
          values: {
            names: ['nightly-backup-of-wikis'],
            reason: 'the event concerns no resource of the enforcer',
          },
        },
      ]);
    },
  );

  const byCloudFormation = (id: string, parameters: Record<string, unknown>, eventId: string) => {
    const event = JSON.parse(tamperingEvent(id, parameters, { eventId })) as {
      detail: Record<string, unknown>;
    };
    event.detail.sourceIPAddress = 'cloudformation.amazonaws.com';
    return JSON.stringify(event);
  };

  it('is reported where CloudFormation does it, too: once in half an hour, as a deployment makes many calls', async () => {
    const pipeline = testPipeline();
    const calls = (from: number) =>
      handle(
        pipeline,
        byCloudFormation('events:PutRule', { name: rule }, `e${from}`),
        byCloudFormation('iam:PutGroupPolicy', { groupName: 'ForceMFA' }, `e${from + 1}`),
      );
    await calls(1);
    pipeline.clock.time += 29 * 60_000;
    await calls(3);
    expect(pipeline.events.outcomes).toMatchObject([{ what: 'events:PutRule' }]);
    // Each is in the log all the same.
    expect(pipeline.logged.filter(({ message }) => message === 'tampering seen')).toHaveLength(4);
    pipeline.clock.time += 60_000;
    await calls(5);
    expect(pipeline.events.outcomes.map(({ id }) => id)).toEqual([
      `tampering-seen/${ACCOUNT}/e1`,
      `tampering-seen/${ACCOUNT}/e5`,
    ]);
  });

  it('by a person is reported each time, whatever CloudFormation does', async () => {
    const pipeline = testPipeline();
    await handle(
      pipeline,
      byCloudFormation('events:PutRule', { name: rule }, 'e1'),
      tamperingEvent('events:PutRule', { name: rule }, { eventId: 'e2' }),
      tamperingEvent('events:PutRule', { name: rule }, { eventId: 'e3' }),
    );
    expect(pipeline.events.outcomes).toHaveLength(3);
  });

  it('that CloudFormation’s report could not be sent of is reported by its next call', async () => {
    const pipeline = testPipeline();
    pipeline.events.fail = 3;
    pipeline.sqs.fail = 1;
    const event = byCloudFormation('events:PutRule', { name: rule }, 'e1');
    expect(await handle(pipeline, event)).not.toEqual(['fulfilled']);
    expect(await handle(pipeline, event)).toEqual(['fulfilled']);
    expect(pipeline.events.outcomes).toHaveLength(1);
  });
});

describe('an outcome that waits in the queue', () => {
  const waiting = (account: string) =>
    JSON.stringify({
      schema: 'mfa-enforcer/unpublished-outcome/1',
      outcome: tamperingSeen({ account }),
    });

  it('is published for the managed account, and for no other', async () => {
    const pipeline = testPipeline();
    expect(await handle(pipeline, waiting(ACCOUNT), waiting('444455556666'))).toEqual([
      'fulfilled',
      'the outcome tampering-seen/1 is from account 444455556666, but the managed account is 111122223333',
    ]);
    expect(pipeline.events.outcomes).toMatchObject([{ account: ACCOUNT }]);
  });
});

// CloudFormation makes the policy of another PolicyName and cannot delete the old one, which is attached.
describe('a policy of an old PolicyName that still blocks', () => {
  const OLD = `arn:aws:iam::${ACCOUNT}:policy/RequireMFA`;
  const managed = (document: object) => ({ defaultId: 'v1', versions: { v1: document } });
  const renamed = (pipeline: TestPipeline) => {
    pipeline.iam.managed[OLD] = managed(forceMfaPolicy('aws', 'console'));
    pipeline.iam.managed[`${OLD}-boundary`] = managed(forceMfaBoundary('aws', 'console'));
    pipeline.iam.managed[`arn:aws:iam::${ACCOUNT}:policy/payments`] = managed(open);
    return pipeline;
  };
  const devices = [`arn:aws:iam::${ACCOUNT}:mfa/phone`];

  it.each([
    ['the policy', { policies: [OLD] }, OLD, 'policy'],
    ['the boundary', { boundary: `${OLD}-boundary` }, `${OLD}-boundary`, 'boundary'],
  ])('is named by the sweep, with its kind: %s', async (_, user, policyArn, form) => {
    const pipeline = renamed(testPipeline());
    pipeline.iam.put('dana', { ...user, devices });
    const { outcomes } = await sweepAll(pipeline);
    expect(outcomes).toMatchObject([
      { kind: 'policy-changed', state: 'foreign', policyArn, form, versionId: null },
      { kind: 'sweep-finished', failedParts: [] },
    ]);
    expect(pipeline.iam.writes).toEqual([]);
  });

  it('is not reported if it blocks no user, nor are attached policies of ours and of others', async () => {
    const pipeline = renamed(testPipeline());
    pipeline.iam.put('dana', { policies: [POLICY, `arn:aws:iam::${ACCOUNT}:policy/payments`] });
    pipeline.iam.put('erin', { boundary: BOUNDARY });
    const { outcomes } = await sweepAll(pipeline);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['sweep-finished']);
  });

  it('that cannot be searched for is a failed part, and every user is swept', async () => {
    const pipeline = renamed(testPipeline());
    pipeline.iam.put('dana');
    pipeline.iam.failNext('GetAccountAuthorizationDetails LocalManagedPolicy', throttled, 9);
    const { outcomes } = await sweepAll(pipeline);
    expect(outcomes).toMatchObject([
      { failedParts: [{ part: 'foreign-policies', why: expect.any(String) }], differences: 1 },
    ]);
  });
});
