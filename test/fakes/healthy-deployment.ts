import type { Probe, Proof } from '../../events/event-path.ts';
import type { Reason } from '../../events/outcome.ts';
import { stateKeys } from '../../events/state-keys.ts';
import { StackTemplate } from '../../functions/domain/deployment/stack-template.ts';
import { blockingPolicies } from '../../functions/domain/rules/blocking-policies.ts';
import { noTotals } from '../../functions/domain/rules/totals.ts';
import type { DeploymentContext } from '../../functions/pipeline/doctor/check.ts';
import { queueAttributes } from '../../functions/pipeline/doctor/check-queues.ts';
import {
  type DeploymentClients,
  deploymentClients,
} from '../../functions/runtime/command-clients.ts';
import { lastSweep } from './last-sweep.ts';
import { template as packaged } from './template.ts';

const ACCOUNT = '111122223333';
const REGION = 'us-east-1';
const NOW = new Date('2026-03-01T12:00:00Z');
const POLICY = `arn:aws:iam::${ACCOUNT}:policy/ForceMFA`;
const TRAIL = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/all`;

type Input = Readonly<Record<string, unknown>>;
type Answer = (input: Input) => unknown;
type Command = { readonly input: Input };

/** AWS's answers about a healthy deployment. A test changes an answer. */
export interface HealthyDeployment {
  readonly context: DeploymentContext;
  /** Action → its answer to an input; an error is thrown. */
  readonly answers: Record<string, Answer>;
  /** Answers a call. Throws an answer that is an error, and for an action without an answer. */
  answer(command: Command): unknown;
  /** Changes the answer of an action for inputs with these values. */
  spoil(action: string, where: Input, change: (answer: Input) => unknown): void;
}

const encoded = (document: unknown) => encodeURIComponent(JSON.stringify(document));

/** The packaged template, deployed with BoundaryDeny, at an AWS in memory. */
export function healthyDeployment(change: Partial<DeploymentContext> = {}): HealthyDeployment {
  const source = packaged();
  const defaults = Object.entries(source.Parameters).map(
    ([name, { Default = '' }]) => [name, Default] as const,
  );
  // A right that a parameter adds has a policy of its own.
  const parameters = { ...Object.fromEntries(defaults), BoundaryDeny: 'yes' };
  const resources = new Map(
    Object.entries(source.Resources)
      .filter(([, { Condition }]) => Condition === undefined)
      .map(([id, { Type }]) => [id, { type: Type, physicalId: physicalId(Type, id) }] as const),
  );
  const where = { name: 'stack', partition: 'aws', region: REGION, account: ACCOUNT };
  const deployed = new StackTemplate(source, { ...where, parameters, resources });
  const idOf = (physical: unknown) =>
    [...resources].find(([, one]) => one.physicalId.split('|').at(-1) === physical)?.[0] ?? '';
  const propertiesOf = (physical: unknown) => deployed.propertiesOf(idOf(physical));
  const policiesOf = (role: unknown) => {
    const { Policies = [] } = propertiesOf(role) as {
      Policies?: { PolicyName: string; PolicyDocument: unknown }[];
    };
    const added = deployed
      .idsOf('AWS::IAM::RolePolicy')
      .map((id) => deployed.propertiesOf(id))
      .filter(({ RoleName }) => RoleName === role) as unknown as typeof Policies;
    return [...Policies, ...added];
  };
  const managed = blockingPolicies({
    policyArn: POLICY,
    boundaryArn: `${POLICY}-boundary`,
    enrolWith: 'console',
  });
  const sweep = lastSweep({
    account: ACCOUNT,
    finishedAt: '2026-03-01T03:02:11Z',
    totals: { ...noTotals, users: 9, blocked: 2, unprotected: 1 },
  });

  const answers: Record<string, Answer> = {
    DescribeStacks: () => ({
      Stacks: [
        {
          StackStatus: 'UPDATE_COMPLETE',
          Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
            ParameterKey,
            ParameterValue,
          })),
        },
      ],
    }),
    ListStackResources: () => ({
      StackResourceSummaries: [...resources].map(([LogicalResourceId, one]) => ({
        LogicalResourceId,
        ResourceType: one.type,
        PhysicalResourceId: one.physicalId,
      })),
    }),
    GetTemplate: () => ({ TemplateBody: JSON.stringify(source) }),
    DescribeTrails: () => ({
      trailList: [
        {
          Name: 'all',
          TrailARN: TRAIL,
          HomeRegion: REGION,
          IsMultiRegionTrail: true,
          IncludeGlobalServiceEvents: true,
        },
      ],
    }),
    GetTrailStatus: () => ({ IsLogging: true }),
    GetEventSelectors: () => ({ EventSelectors: [{ ReadWriteType: 'All' }] }),
    DescribeRule: ({ Name }) => {
      const { EventPattern, ScheduleExpression } = propertiesOf(Name);
      return {
        State: 'ENABLED',
        EventPattern: EventPattern && JSON.stringify(EventPattern),
        ScheduleExpression,
      };
    },
    ListTargetsByRule: ({ Rule }) => ({ Targets: propertiesOf(Rule).Targets }),
    GetQueueAttributes: ({ QueueUrl }) => ({
      Attributes: Object.fromEntries(
        Object.entries(queueAttributes(deployed, idOf(QueueUrl), String(QueueUrl))).map(
          ([name, value]) => [name, JSON.stringify(value)],
        ),
      ),
    }),
    GetFunctionConfiguration: ({ FunctionName }) => ({
      ...propertiesOf(FunctionName),
      State: 'Active',
      LastUpdateStatus: 'Successful',
    }),
    GetFunctionConcurrency: () => ({}),
    GetEventSourceMapping: () => ({ State: 'Enabled' }),
    ListRolePolicies: ({ RoleName }) => ({
      PolicyNames: policiesOf(RoleName).map(({ PolicyName }) => PolicyName),
    }),
    GetRolePolicy: ({ RoleName, PolicyName }) => ({
      PolicyDocument: encoded(
        policiesOf(RoleName).find((one) => one.PolicyName === PolicyName)?.PolicyDocument,
      ),
    }),
    GetPolicy: () => ({ Policy: { AttachmentCount: 2, DefaultVersionId: 'v1' } }),
    GetPolicyVersion: ({ PolicyArn }) => ({
      PolicyVersion: { Document: encoded(managed.find(({ arn }) => arn === PolicyArn)?.document) },
    }),
    GetGroupPolicy: () => ({ PolicyDocument: encoded(managed[0]?.document) }),
    GetParameter: () => ({
      Parameter: { Type: 'SecureString', Value: 'https://hooks.slack.com/services/T/B/secret' },
    }),
    DescribeParameters: () => ({ Parameters: [{ Type: 'SecureString' }] }),
    GetItem: ({ Key }) =>
      (Key as { id: { S: string } }).id.S === stateKeys.lastSweep(ACCOUNT)
        ? { Item: { body: { S: JSON.stringify(sweep) } } }
        : {},
    BatchGetItem: () => ({ Responses: { StateTable: pathItems(ACCOUNT, { proven: true }) } }),
  };
  const context: DeploymentContext = {
    clients: clientsOf(answers),
    account: ACCOUNT,
    partition: 'aws',
    region: REGION,
    askedRegion: null,
    caller: `arn:aws:iam::${ACCOUNT}:user/dana`,
    profile: null,
    stack: 'stack',
    sweepWithinHours: null,
    allowLoopback: false,
    now: NOW,
    describe: (error) => (error as Error).message,
    ...change,
  };
  return {
    context,
    answers,
    answer: (command) => answerTo(command, answers),
    spoil: (action, where, spoilt) => {
      const before = answers[action];
      answers[action] = (input) => {
        const answer = before?.(input) as Input;
        const meant = Object.entries(where).every(([name, value]) => input[name] === value);
        return meant ? spoilt(answer) : answer;
      };
    },
  };
}

/** The entries of an account's last probe: it was refused, or came back, or not. */
export function pathItems(
  account: string,
  {
    refused = null,
    proven = false,
    latencyMs = 812,
  }: { refused?: Reason | null; proven?: boolean; latencyMs?: number },
): object[] {
  const value = 'sweep-1/one';
  const probe: Probe = {
    schema: 'mfa-enforcer/probe/1',
    account,
    sweepId: 'sweep-1',
    value,
    sentAt: '2026-03-01T03:00:02.600Z',
    dueAt: '2026-03-01T03:30:02.600Z',
    state: refused === null ? 'sent' : 'refused',
    why: refused,
  };
  const receivedAt = '2026-03-01T03:00:05.000Z';
  const proof: Proof = { schema: 'mfa-enforcer/proof/1', account, value, receivedAt, latencyMs };
  const entries: readonly (readonly [string, object])[] = [
    [stateKeys.probe(account), probe],
    ...(proven ? [[stateKeys.proof(account), proof] as const] : []),
  ];
  return entries.map(([id, entry]) => ({ id: { S: id }, body: { S: JSON.stringify(entry) } }));
}

function physicalId(type: string, id: string): string {
  if (type === 'AWS::SQS::Queue') return `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${id}`;
  return id === 'OutcomesToSlackRule' ? `stack|${id}` : id;
}

/** The SDK's clients, whose calls these answer. */
function clientsOf(answers: Readonly<Record<string, Answer>>): DeploymentClients {
  const credentials = { accessKeyId: 'memory', secretAccessKey: 'memory' };
  const config = { region: REGION, credentials } as unknown as Parameters<
    typeof deploymentClients
  >[0];
  const clients = deploymentClients(config);
  const send = async (command: Command) => answerTo(command, answers);
  for (const client of Object.values(clients)) Object.assign(client, { send });
  return clients;
}

/** The name of the action that a command is for. */
export function actionOf(command: object): string {
  return command.constructor.name.replace(/Command$/, '');
}

function answerTo(command: Command, answers: Readonly<Record<string, Answer>>): unknown {
  const action = actionOf(command);
  const answer = answers[action];
  if (!answer) throw new Error(`the deployment in memory does not know ${action}`);
  const given = answer(command.input);
  if (given instanceof Error) throw given;
  return given;
}
