import { readFileSync } from 'node:fs';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  CreateAccountCommand,
  CreateOrganizationCommand,
  DescribeCreateAccountStatusCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Stack } from './deploy.ts';
import { type LocalCredentials, localClient } from './local-client.ts';
import { createDenyGroup } from './quirks.ts';

/** An organization on the local AWS, whose management account is the hub. */
export interface LocalOrganization {
  readonly id: string;
  /** Name → account id. */
  readonly accounts: ReadonlyMap<string, string>;
}

/** Creates an organization with these accounts. */
export async function createOrganization(
  moto: string,
  names: readonly string[],
): Promise<LocalOrganization> {
  const organizations = localClient(OrganizationsClient, moto);
  const { Organization } = await organizations.send(
    new CreateOrganizationCommand({ FeatureSet: 'ALL' }),
  );
  const accounts = new Map<string, string>();
  for (const name of names) {
    const AccountName = name;
    const Email = `${name.toLowerCase()}@example.com`;
    const made = await organizations.send(new CreateAccountCommand({ AccountName, Email }));
    const CreateAccountRequestId = made.CreateAccountStatus?.Id;
    const { CreateAccountStatus } = await organizations.send(
      new DescribeCreateAccountStatusCommand({ CreateAccountRequestId }),
    );
    accounts.set(name, CreateAccountStatus?.AccountId ?? '');
  }
  organizations.destroy();
  return { id: Organization?.Id ?? '', accounts };
}

/** An administrator's credentials in an account of the organization. */
export async function administratorOf(moto: string, account: string): Promise<LocalCredentials> {
  const sts = localClient(STSClient, moto);
  const RoleArn = `arn:aws:iam::${account}:role/OrganizationAccountAccessRole`;
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'admin' }),
  );
  sts.destroy();
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

/**
 * Deploys infra/spoke.yml to an account, like a StackSet.
 * @param hub the hub's stack, whose outputs are parameters of the spoke
 * @param parameters parameters of the template that are not the defaults
 */
export async function deploySpoke(
  moto: string,
  organization: LocalOrganization,
  hub: Stack,
  account: string,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const credentials = await administratorOf(moto, account);
  const cloudFormation = localClient(CloudFormationClient, moto, credentials);
  const all = {
    OrganizationId: organization.id,
    HubBusArn: hub.outputs.get('HubBusArn'),
    HubReviewRoleArn: hub.outputs.get('ReviewRoleArn'),
    HubSweepRoleArn: hub.outputs.get('SweepRoleArn'),
    HubReportRoleArn: hub.outputs.get('ReportRoleArn'),
    ...parameters,
  };
  await cloudFormation.send(
    new CreateStackCommand({
      StackName: 'StackSet-iam-mfa-enforcer',
      TemplateBody: readFileSync('infra/spoke.yml', 'utf8'),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Parameters: Object.entries(all).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  cloudFormation.destroy();
  await createDenyGroup(moto, 'ForceMFA', credentials);
}
