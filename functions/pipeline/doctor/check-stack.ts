import {
  deployedResources,
  hubResources,
  mailResources,
} from '../../domain/deployment/deployed-resources.ts';
import { broken, type Deployment, type DeploymentContext, type Finding, orWell } from './check.ts';
import { aws, command } from './fixes.ts';

// CloudFormation User Guide, "Stack status codes".
const WELL = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'];

/** The finding for a missing stack. */
export function noStack(context: DeploymentContext): Finding {
  const { stack, region, account } = context;
  return broken(
    'stack',
    `account ${account} has no stack ${stack} in ${region}`,
    'Name the stack with --stack (or MFA_ENFORCER_STACK), or deploy it:',
    command(context, 'deploy'),
  );
}

/** Checks that the last deployment is complete and has all resources of this release. */
export function checkStack(context: DeploymentContext, { status, facts }: Deployment): Finding[] {
  const found: Finding[] = [];
  const { name, parameters, resources } = facts;
  if (status.endsWith('_IN_PROGRESS') && !WELL.includes(status)) {
    found.push(
      broken(
        'stack',
        `${name} is ${status}`,
        'A deployment is in progress. Run doctor again when it has finished.',
      ),
    );
  } else if (!WELL.includes(status)) {
    found.push(
      broken(
        'stack',
        `${name} is ${status}: the last deployment failed`,
        'Find the cause, fix it, and deploy again:',
        aws(context, 'cloudformation', `describe-stack-events --stack-name ${name}`),
      ),
    );
  }
  const isHub = (parameters.OrganizationId ?? '') !== '';
  const expected = [
    ...deployedResources,
    ...(isHub ? hubResources : []),
    ...(parameters.NotifyUsers === 'email' ? mailResources : []),
  ];
  const lacking = expected.filter((id) => !resources.has(id));
  if (lacking.length > 0) {
    const some = lacking.slice(0, 4).join(', ');
    const more = lacking.length > 4 ? ` and ${lacking.length - 4} more` : '';
    found.push(
      broken(
        'stack',
        `${name} has no ${some}${more}. It is an older release or another stack`,
        'Deploy this release:',
        command(context, 'deploy'),
      ),
    );
  }
  const mode = parameters.Mode ?? 'unknown';
  const meaning = mode === 'observe' ? 'observe: it blocks no user' : mode;
  return orWell('stack', found, `${name} is ${status}; Mode is ${meaning}`);
}

/** Checks that --region names the Region of IAM's events. Every other check uses that Region anyway. */
export function checkRegion({ region, askedRegion }: DeploymentContext): Finding[] {
  const found =
    askedRegion === null || askedRegion === region
      ? []
      : [
          broken(
            'region',
            `--region is ${askedRegion}, but IAM’s events are delivered only in ${region}: a deployment in ${askedRegion} gets no events. The other checks use ${region}`,
            `Deploy to ${region}, and omit --region or pass --region ${region}.`,
          ),
        ];
  return orWell('region', found, `${region}, where IAM’s events are delivered`);
}
