import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudFormationClient,
  type Stack as CloudFormationStack,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { executeChange, planChange } from '../../functions/pipeline/deployment/change-stack.ts';
import {
  ownBucket,
  uploadCode,
  uploadTemplate,
} from '../../functions/pipeline/deployment/code-bucket.ts';
import { readRelease } from '../../functions/pipeline/deployment/release.ts';
import { localClient } from './local-client.ts';
import { showOutputs } from './quirks.ts';

const RELEASE = new URL('../../dist/release/', import.meta.url);
const NAME = 'iam-mfa-enforcer-prod';
/** The account that moto takes every caller to be in. */
export const ACCOUNT = '123456789012';

/** A deployed stack: logical id → physical id. */
export interface Stack {
  readonly name: string;
  readonly resources: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
  readonly functions: readonly DeployedFunction[];
}

export interface DeployedFunction {
  readonly name: string;
  /** The location of its uploaded zip. */
  readonly code: { readonly Bucket: string; readonly Key: string };
}

/**
 * Deploys the packaged release as `mfa-enforcer deploy` does, without its questions.
 * @param endpoint the local AWS
 * @param parameters parameters of the template that are not the defaults
 * @throws if CloudFormation does not complete
 */
export async function deployPackage(
  endpoint: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<void> {
  const release = await readRelease(RELEASE);
  const cloudFormation = localClient(CloudFormationClient, endpoint);
  const s3 = localClient(S3Client, endpoint);
  const place = { s3, account: ACCOUNT, partition: 'aws', region: 'us-east-1' };
  const code = { bucket: ownBucket(place), prefix: `${NAME}/` };
  const templateUrl = await uploadTemplate(place, code, release);
  await uploadCode(place, code, release);
  const all = { ...parameters, S3Bucket: code.bucket, S3Prefix: code.prefix };
  const deps = { cloudFormation, stack: NAME, pause: sleep };
  const change = await planChange(deps, {
    isNew: true,
    templateUrl,
    parameters: Object.entries(all).map(([name, value]) => ({ name, value })),
  });
  const id = (await describe(cloudFormation)).StackId ?? NAME;
  const failure = change && (await executeChange(deps, change, id, () => undefined));
  if (failure) throw new Error(`CloudFormation failed at ${failure.resource}: ${failure.reason}`);
  await showOutputs(endpoint, NAME);
  cloudFormation.destroy();
  s3.destroy();
}

/** The deployed stack. @param endpoint the local AWS */
export async function deployedStack(endpoint: string): Promise<Stack> {
  const { code } = await readRelease(RELEASE);
  const cloudFormation = localClient(CloudFormationClient, endpoint);
  const stack = await readStack(cloudFormation, code);
  cloudFormation.destroy();
  return stack;
}

async function describe(
  cloudFormation: CloudFormationClient,
): Promise<Partial<CloudFormationStack>> {
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: NAME }));
  return Stacks?.[0] ?? {};
}

async function readStack(
  cloudFormation: CloudFormationClient,
  code: readonly { readonly name: string }[],
): Promise<Stack> {
  const { Outputs, Parameters } = await describe(cloudFormation);
  const parameter = (name: string) =>
    Parameters?.find(({ ParameterKey }) => ParameterKey === name)?.ParameterValue ?? '';
  const { StackResources } = await cloudFormation.send(
    new DescribeStackResourcesCommand({ StackName: NAME }),
  );
  return {
    name: NAME,
    resources: new Map(
      (StackResources ?? []).map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
        LogicalResourceId,
        PhysicalResourceId,
      ]),
    ),
    outputs: new Map(
      (Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    ),
    // The zip file is named after the function, with a hash at the end.
    functions: code.map(({ name }) => ({
      name: `${NAME}-${name.replace(/-[0-9a-f]+\.zip$/, '')}`,
      code: { Bucket: parameter('S3Bucket'), Key: parameter('S3Prefix') + name },
    })),
  };
}
