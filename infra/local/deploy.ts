import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { localClient } from './local-client.ts';

const PACKAGE = '.serverless';
const CAPABILITIES = ['CAPABILITY_IAM' as const, 'CAPABILITY_NAMED_IAM' as const];

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

interface Template {
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly Properties?: { readonly Code?: { readonly S3Key?: string } };
      }
    >
  >;
}

/**
 * Deploys the packaged template like `osls deploy`: a stack with the deployment bucket, the functions' zips, then the
 * whole template.
 * @param endpoint the local AWS
 * @param parameters parameters of the template that are not the defaults
 * @throws if CloudFormation does not complete
 */
export async function deployPackage(
  endpoint: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Stack> {
  const name = 'iam-mfa-enforcer-prod';
  const cloudFormation = localClient(CloudFormationClient, endpoint);
  await cloudFormation.send(
    new CreateStackCommand({
      StackName: name,
      TemplateBody: packaged('cloudformation-template-create-stack.json'),
    }),
  );
  const bucket = (await resourcesOf(cloudFormation, name)).get('ServerlessDeploymentBucket');
  if (!bucket) throw new Error('the stack has no deployment bucket');

  const TemplateBody = packaged('cloudformation-template-update-stack.json');
  const template = JSON.parse(TemplateBody) as Template;
  await uploadZips(endpoint, bucket, template);
  await cloudFormation.send(
    new UpdateStackCommand({
      StackName: name,
      TemplateBody,
      Capabilities: CAPABILITIES,
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
  const stack = Stacks?.[0];
  if (stack?.StackStatus !== 'UPDATE_COMPLETE') {
    throw new Error(
      `CloudFormation ended in ${stack?.StackStatus}: ${stack?.StackStatusReason ?? ''}`,
    );
  }
  const resources = await resourcesOf(cloudFormation, name);
  cloudFormation.destroy();
  const functions = [...zipKeys(template)].map(([logicalId, Key]) => ({
    name: resources.get(logicalId) ?? '',
    code: { Bucket: bucket, Key },
  }));
  const outputs = new Map(
    (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
  return { name, resources, outputs, functions };
}

function packaged(file: string): string {
  return readFileSync(join(PACKAGE, file), 'utf8');
}

/** Logical ID of each function → the S3 key of its code. */
function zipKeys(template: Template): Map<string, string> {
  return new Map(
    Object.entries(template.Resources).flatMap(([logicalId, { Properties }]) => {
      const key = Properties?.Code?.S3Key;
      return key === undefined ? [] : [[logicalId, key] as const];
    }),
  );
}

async function uploadZips(endpoint: string, Bucket: string, template: Template): Promise<void> {
  const s3 = localClient(S3Client, endpoint);
  for (const Key of zipKeys(template).values()) {
    await s3.send(
      new PutObjectCommand({ Bucket, Key, Body: readFileSync(join(PACKAGE, basename(Key))) }),
    );
  }
  s3.destroy();
}

async function resourcesOf(
  cloudFormation: CloudFormationClient,
  StackName: string,
): Promise<Map<string, string>> {
  const { StackResources } = await cloudFormation.send(
    new DescribeStackResourcesCommand({ StackName }),
  );
  return new Map(
    (StackResources ?? []).map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
      LogicalResourceId,
      PhysicalResourceId,
    ]),
  );
}
