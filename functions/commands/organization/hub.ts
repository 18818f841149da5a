import {
  DescribeOrganizationsAccessCommand,
  ListStackSetsCommand,
} from '@aws-sdk/client-cloudformation';
import { describeStack, type StackSummary } from '../../io/cloudformation.ts';
import { describeOrganization } from '../../io/organizations.ts';
import { command } from '../../pipeline/doctor/fixes.ts';
import { Refused } from '../terminal.ts';
import type { Context } from './context.ts';

/** What the spokes need to know of the hub. */
export interface Hub {
  readonly organization: string;
  /** The management account. StackSets do not deploy to it. */
  readonly management: string;
  /** The CallAs parameter of calls to StackSets. */
  readonly callAs: 'SELF' | 'DELEGATED_ADMIN';
  /** Status of its stack, as in UPDATE_COMPLETE. */
  readonly status: string;
  /** The hub's own mode. If it is observe, no user is blocked in any account. */
  readonly mode: string;
  /** The parameters of the spoke's template that come from the hub. */
  readonly spokeParameters: Readonly<Record<string, string>>;
  /** The state table, where sweeps write their records. */
  readonly stateTable: string;
}

// As in infra/spoke.yml: the names of rules and roles begin with PolicyName.
const FITTING_NAME = /^[\w.-]{1,40}$/;

/**
 * Checks that the hub exists, that it belongs to this organization, and that this account may use StackSets.
 * @throws Refused with what to do
 */
export async function readHub(context: Context): Promise<Hub> {
  const stack = await readStack(context);
  const { organization, management } = await readOrganization(context);
  if (organization !== stack.parameters.OrganizationId) {
    throw new Refused(
      `The hub was deployed for organization ${stack.parameters.OrganizationId}, but this account belongs to ` +
        `${organization}.`,
      'Deploy the hub again, for this organization or for its own account alone:',
      command(context, `deploy --organization-id ${organization}`),
      command(context, "deploy --organization-id ''"),
    );
  }
  const callAs = context.account === management ? 'SELF' : 'DELEGATED_ADMIN';
  await checkStackSets(context, callAs, management);
  return {
    organization,
    management,
    callAs,
    status: stack.status,
    mode: stack.parameters.Mode ?? 'enforce',
    spokeParameters: spokeParameters(stack),
    stateTable: stack.outputs.StateTableName ?? '',
  };
}

async function readStack(context: Context): Promise<StackSummary> {
  const { clients, stack, account, region } = context;
  const deploy = command(context, 'deploy --organization-id o-…');
  const found = await describeStack(clients.cloudFormation, stack);
  if (found === null) {
    throw new Refused(
      `Account ${account} has no stack ${stack} in ${region}, so it is not a hub.`,
      'Name the hub’s account with --profile and its stack with --stack, or deploy the hub first (docs/organization.md):',
      deploy,
    );
  }
  const { parameters, outputs } = found;
  if ((parameters.OrganizationId ?? '') === '') {
    throw new Refused(
      `The stack ${stack} manages only account ${account}: it was deployed without an OrganizationId.`,
      'Deploy it again as a hub:',
      deploy,
    );
  }
  const lacking = [
    'HubBusArn',
    'ReviewRoleArn',
    'SweepRoleArn',
    'ReportRoleArn',
    'StateTableName',
  ].filter((one) => outputs[one] === undefined);
  if (lacking.length > 0) {
    throw new Refused(
      `The stack ${stack} has no output ${lacking.join(', ')}. It is an older release or another stack.`,
      'Deploy this release:',
      command(context, 'deploy'),
    );
  }
  const name = parameters.PolicyName ?? '';
  if (!FITTING_NAME.test(name)) {
    throw new Refused(
      `The hub’s PolicyName "${name}" is not valid for spokes, whose rules and roles are named after it. It may have ` +
        'at most 40 letters, digits, dots, hyphens and underscores.',
      'Remove the hub, which unblocks all its users, and deploy it with another PolicyName:',
      command(context, 'remove'),
      command(context, 'deploy --policy-name ForceMFA'),
    );
  }
  return found;
}

function spokeParameters({ parameters, outputs }: StackSummary): Record<string, string> {
  const {
    OrganizationId = '',
    PolicyName = '',
    EnrolWith = '',
    BoundaryDeny = '',
    InlineDeny = '',
    OrphanDevices = '',
  } = parameters;
  return {
    OrganizationId,
    HubBusArn: outputs.HubBusArn ?? '',
    HubReviewRoleArn: outputs.ReviewRoleArn ?? '',
    HubSweepRoleArn: outputs.SweepRoleArn ?? '',
    HubReportRoleArn: outputs.ReportRoleArn ?? '',
    PolicyName,
    EnrolWith,
    BoundaryDeny,
    InlineDeny,
    OrphanDevices,
  };
}

/** @throws Refused if the account is not in an organization, or StackSets do not support the organization */
async function readOrganization(context: Context) {
  const { id, managementAccount, hasAllFeatures } = await describeOrganization(
    context.clients.organizations,
  ).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'AWSOrganizationsNotInUseException') {
      throw new Refused(
        `Account ${context.account} does not belong to an organization.`,
        'A single account needs no spokes:',
        command(context, 'deploy'),
      );
    }
    throw error;
  });
  if (!hasAllFeatures) {
    throw new Refused(
      `The organization ${id} has only consolidated billing. StackSets need all features.`,
      'Enable all features in the management account: AWS Organizations, Settings.',
    );
  }
  return { organization: id, management: managementAccount };
}

/** @throws Refused if StackSets have no trusted access to the organization, or this account may not use them */
async function checkStackSets(
  { clients, account }: Context,
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
  const { Status } = await clients.cloudFormation
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
  await clients.cloudFormation
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
