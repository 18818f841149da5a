import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { Terminal } from '../../functions/commands/terminal.ts';
import { actionOf } from './healthy-deployment.ts';
import { MemoryIam } from './memory-iam.ts';
import { MemoryStacks } from './memory-stacks.ts';
import { fakeRelease, templateParameters } from './release.ts';
import { answerBy } from './sdk-clients.ts';
import { type Said, say } from './shell.ts';

export const STACK = 'iam-mfa-enforcer-prod';
export const BUCKET = 'mfa-enforcer-111122223333-us-east-1';
const ACCOUNT = '111122223333';
const NOW = new Date('2026-03-01T12:00:00Z');

const clients = [
  CloudFormationClient,
  CloudTrailClient,
  DynamoDBClient,
  EventBridgeClient,
  IAMClient,
  LambdaClient,
  OrganizationsClient,
  S3Client,
  SSMClient,
  STSClient,
];

/** What of an input these answers depend on. */
interface Input {
  readonly [name: string]: unknown;
  readonly ActionNames?: readonly string[];
  readonly ParameterFilters?: readonly { readonly Values?: readonly string[] }[];
  readonly Name?: string;
  readonly Type?: string;
  readonly UUID?: string;
  readonly Bucket?: string;
  readonly ExpectedBucketOwner?: string;
  readonly Key?: string;
  readonly Body?: Uint8Array;
  readonly Prefix?: string;
  readonly ContinuationToken?: string;
  readonly Delete?: { readonly Objects?: readonly { readonly Key: string }[] };
}
type Answer = (input: Input) => object;

const fault = (name: string, status: number, message = name) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });

/** The resources of a small release: one of each kind that a removal treats in its own way. */
export const resources = {
  StateTable: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain' },
  ForceMfaPolicy: {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: { ManagedPolicyName: { Ref: 'PolicyName' } },
  },
  IamChangesQueue: { Type: 'AWS::SQS::Queue' },
  UserChangesRule: { Type: 'AWS::Events::Rule' },
  SweepScheduleRule: {
    Type: 'AWS::Events::Rule',
    Properties: { ScheduleExpression: { Ref: 'SweepSchedule' } },
  },
  OutcomesToSlackRule: { Type: 'AWS::Events::Rule' },
  OnIamChangeLambdaFunction: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: { Ref: 'S3Bucket' }, S3Key: 'on-iam-change-0123456789abcdef.zip' },
      Environment: [
        { Ref: 'Mode' },
        { Ref: 'Scope' },
        { Ref: 'BlockLimit' },
        { Ref: 'ExemptTags' },
      ],
    },
  },
  OnIamChangeEventSourceMapping: { Type: 'AWS::Lambda::EventSourceMapping' },
  NotifySlackEventSourceMappingSQSOutcomesQueue: { Type: 'AWS::Lambda::EventSourceMapping' },
};

const release = fakeRelease({ resources });

/** An account in memory, at the SDK's boundary, in which `deploy` and `remove` run whole. */
export class MemoryDeployment {
  readonly iam: MemoryIam;
  readonly stacks: MemoryStacks;
  /** Name → its owner and its objects. */
  readonly buckets = new Map<string, { account: string; objects: Map<string, string> }>();
  /** SSM parameters: name → type. */
  readonly parameters = new Map<string, string>();
  /** Every call, and every call that changes something. */
  readonly calls: string[] = [];
  readonly writes: string[] = [];
  /** Called before each call; it may throw. */
  before: (action: string) => void = () => undefined;
  /** Called after each call has taken effect; it may throw. */
  after: (action: string) => void = () => undefined;
  readonly disabled = new Set<string>();
  /** Answers of actions that a test replaces. */
  readonly answers: Record<string, Answer> = {};

  constructor() {
    this.iam = new MemoryIam({ now: () => NOW.getTime() });
    this.stacks = new MemoryStacks((url) => {
      const { host, pathname } = new URL(url);
      const body = this.buckets.get(host.split('.')[0] ?? '')?.objects.get(pathname.slice(1));
      if (body === undefined) throw fault('ValidationError', 400, 'S3 error: Access Denied');
      return body;
    });
    this.stacks.inUse = ({ Type }) => {
      const { policyArn: PolicyArn } = this.iam;
      const { PolicyUsers = [] } = this.iam.call('ListEntitiesForPolicy', { PolicyArn }) as {
        PolicyUsers?: unknown[];
      };
      return Type === 'AWS::IAM::ManagedPolicy' && PolicyUsers.length > 0
        ? 'Cannot delete a policy attached to entities. (Service: Iam, Status Code: 409, Request ID: 7a62c49f-347e)'
        : null;
    };
  }

  #wasDeployed = false;

  /** A stack that was deployed by this release, and its code. */
  deployed(parameters: Record<string, string> = {}, status = 'UPDATE_COMPLETE'): void {
    const defaults = Object.entries(templateParameters()).map(([name, { Default = '' }]) => [
      name,
      String(Default),
    ]);
    const all = {
      ...(Object.fromEntries(defaults) as Record<string, string>),
      S3Bucket: BUCKET,
      S3Prefix: `${STACK}/`,
      ...parameters,
    };
    this.#wasDeployed = true;
    this.stacks.put(STACK, status, all, {
      Parameters: templateParameters(),
      Resources: resources,
      Outputs: { Version: { Value: '0.1.0' } },
    });
    const objects = new Map([[`${STACK}/on-iam-change-0123456789abcdef.zip`, 'zip']]);
    this.buckets.set(BUCKET, { account: ACCOUNT, objects });
  }

  /** Answers every client of the SDK. Mocks are restored by the test. */
  install(): this {
    for (const client of clients) {
      answerBy(client, (command: { input: Input }) => this.#answer(command));
    }
    return this;
  }

  /** Runs the program. */
  say(args: readonly string[], change: Partial<Terminal> = {}): Promise<Said> {
    const env = { AWS_ENDPOINT_URL: undefined, ...change.env };
    return say('', args, { now: () => NOW, release, ...change, env });
  }

  #answer(command: { readonly input: Input }): object {
    const action = actionOf(command);
    this.before(action);
    this.calls.push(action);
    if (!/^(Batch)?(Get|List|Describe|Head|Simulate)/.test(action)) this.writes.push(action);
    const answer = this.#call(action, command.input);
    this.after(action);
    return answer;
  }

  #call(action: string, input: Input): object {
    // The policy goes with its stack.
    if (this.#wasDeployed && this.stacks.find(STACK) === undefined) this.iam.policyExists = false;
    const own = this.answers[action] ?? this.#others[action];
    if (own !== undefined) return own(input);
    if (/Stack|ChangeSet/.test(action)) return this.stacks.call(action, input as never);
    return this.iam.call(action, input);
  }

  readonly #others: Readonly<Record<string, Answer>> = {
    DescribeTrails: () => ({
      trailList: [
        {
          Name: 'all',
          TrailARN: `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/all`,
          HomeRegion: 'us-east-1',
          IsMultiRegionTrail: true,
          IncludeGlobalServiceEvents: true,
        },
      ],
    }),
    GetTrailStatus: () => ({ IsLogging: true }),
    GetEventSelectors: () => ({ EventSelectors: [{ ReadWriteType: 'All' }] }),
    SimulatePrincipalPolicy: ({ ActionNames = [] }) => ({
      EvaluationResults: ActionNames.map((EvalActionName) => ({
        EvalActionName,
        EvalDecision: 'allowed',
      })),
    }),
    DescribeParameters: ({ ParameterFilters }) => {
      const name = ParameterFilters?.[0]?.Values?.[0] ?? '';
      const Type = this.parameters.get(name);
      return { Parameters: Type === undefined ? [] : [{ Name: name, Type }] };
    },
    PutParameter: ({ Name = '', Type = '' }) => {
      this.parameters.set(Name, Type);
      return {};
    },
    DisableRule: ({ Name = '' }) => {
      this.disabled.add(Name);
      return {};
    },
    UpdateEventSourceMapping: ({ UUID = '' }) => {
      this.disabled.add(UUID);
      return {};
    },
    GetEventSourceMapping: ({ UUID = '' }) => {
      const State = this.disabled.has(UUID) ? 'Disabled' : 'Enabled';
      return { State };
    },
    HeadBucket: (input) => {
      this.#bucket(input);
      return {};
    },
    CreateBucket: ({ Bucket = '' }) => {
      this.buckets.set(Bucket, { account: ACCOUNT, objects: new Map() });
      return {};
    },
    DeleteBucket: (input) => {
      if (this.#bucket(input).size > 0) throw fault('BucketNotEmpty', 409);
      this.buckets.delete(input.Bucket ?? '');
      return {};
    },
    PutObject: (input) => {
      this.#bucket(input).set(input.Key ?? '', Buffer.from(input.Body ?? '').toString());
      return {};
    },
    ListObjectsV2: (input) => {
      const keys = [...this.#bucket(input).keys()].filter((key) =>
        key.startsWith(input.Prefix ?? ''),
      );
      const from = Number(input.ContinuationToken ?? 0);
      const Contents = keys.slice(from, from + 2).map((Key) => ({ Key }));
      const next = from + 2 < keys.length ? { NextContinuationToken: String(from + 2) } : {};
      return { Contents, ...next };
    },
    DeleteObjects: (input) => {
      for (const { Key } of input.Delete?.Objects ?? []) this.#bucket(input).delete(Key);
      return {};
    },
  };

  #bucket({ Bucket, ExpectedBucketOwner }: Input): Map<string, string> {
    const found = this.buckets.get(Bucket ?? '');
    if (found === undefined) throw fault('NotFound', 404);
    if (found.account !== ExpectedBucketOwner) throw fault('Forbidden', 403);
    return found.objects;
  }
}
