import {
  DescribeOrganizationsAccessCommand,
  ListStackSetsCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeOrganizationCommand } from '@aws-sdk/client-organizations';
import { type Context, Refused } from './context.ts';

/** @throws Refused where the account is in none, or in one that StackSets cannot work with */
export async function readOrganization({ organizations, account }: Context) {
  const { Organization } = await organizations
    .send(new DescribeOrganizationCommand({}))
    .catch((error: unknown) => {
      if (error instanceof Error && error.name === 'AWSOrganizationsNotInUseException') {
        throw new Refused(
          `Account ${account} belongs to no organization.`,
          'For one account alone npm run deploy is all there is to do.',
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
      `The organization ${organization} has consolidated billing only, and StackSets need all features.`,
      'Enable all features in the management account: AWS Organizations, Settings.',
    );
  }
  return { organization, management };
}

/** @throws Refused where StackSets may not work with the organization, or not from this account */
export async function checkStackSets(
  { cloudFormation, account }: Context,
  CallAs: 'SELF' | 'DELEGATED_ADMIN',
  management: string,
): Promise<void> {
  const delegated = new Refused(
    `Account ${account} may not use StackSets for the organization: it is neither its management account nor a ` +
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
      'StackSets may not work with the organization yet: trusted access is not activated.',
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

/** StackSets answer ValidationError, with this text, to an account that is no delegated administrator. */
const isNotDelegated = (error: unknown) =>
  error instanceof Error &&
  error.name.startsWith('ValidationError') &&
  /delegated admin/i.test(error.message);
