import {
  DescribeOrganizationsAccessCommand,
  ListStackSetsCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeOrganizationCommand } from '@aws-sdk/client-organizations';
import { type Context, Refused } from './context.ts';

/** @throws Refused if the account is not in an organization, or StackSets do not support the organization */
export async function readOrganization({ organizations, account }: Context) {
  const { Organization } = await organizations
    .send(new DescribeOrganizationCommand({}))
    .catch((error: unknown) => {
      if (error instanceof Error && error.name === 'AWSOrganizationsNotInUseException') {
        throw new Refused(
          `Account ${account} does not belong to an organization.`,
          'A single account needs only npm run deploy.',
        );
      }
      throw error;
    });
  const {
    Id: organization = '',
    MasterAccountId: management = '',
    FeatureSet,
  } = Organization ?? {};
  if (FeatureSet !== undefined && FeatureSet !== 'ALL') {
    throw new Refused(
      `The organization ${organization} has only consolidated billing. StackSets need all features.`,
      'Enable all features in the management account: AWS Organizations, Settings.',
    );
  }
  return { organization, management };
}

/** @throws Refused if StackSets have no trusted access to the organization, or this account may not use them */
export async function checkStackSets(
  { cloudFormation, account }: Context,
  CallAs: 'SELF' | 'DELEGATED_ADMIN',
  management: string,
): Promise<void> {
  const delegated = new Refused(
    `Account ${account} may not use StackSets for the organization. It is neither the management account nor a ` +
      'delegated administrator of StackSets.',
    `With credentials of the management account ${management}:`,
    `aws organizations register-delegated-administrator --account-id ${account} --service-principal ` +
      'member.org.stacksets.cloudformation.amazonaws.com',
  );
  const { Status } = await cloudFormation
    .send(new DescribeOrganizationsAccessCommand({ CallAs }))
    .catch((error: unknown) => {
      throw isNotDelegated(error) ? delegated : error;
    });
  if (Status !== 'ENABLED') {
    throw new Refused(
      'StackSets have no access to the organization: trusted access is not activated.',
      `With credentials of the management account ${management}:`,
      'aws cloudformation activate-organizations-access',
    );
  }
  await cloudFormation
    .send(new ListStackSetsCommand({ CallAs, Status: 'ACTIVE', MaxResults: 1 }))
    .catch((error: unknown) => {
      throw isNotDelegated(error) ? delegated : error;
    });
}

/** StackSets answer ValidationError with this text to an account that is not a delegated administrator. */
const isNotDelegated = (error: unknown) =>
  error instanceof Error &&
  error.name.startsWith('ValidationError') &&
  /delegated admin/i.test(error.message);
