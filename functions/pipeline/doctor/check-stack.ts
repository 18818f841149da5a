import { deployedResources, hubResources } from '../../domain/deployment/deployed-resources.ts';
import type { Deployment, DeploymentContext } from './deployment-context.ts';
import { aws } from './fixes.ts';
import { broken, type Finding, orWell } from './run-check.ts';

// CloudFormation User Guide, "Stack status codes".
const WELL = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'];

/** There is no stack of that name. */
export function noStack({ stack, region, account }: DeploymentContext): Finding {
  return broken(
    'stack',
    `account ${account} has no stack ${stack} in ${region}`,
    'Name it with --stack (or MFA_ENFORCER_STACK), or deploy it:',
    'npm ci && npm run deploy -- --param="Mode=observe"',
  );
}

/** The last deployment is complete, and has everything that this release deploys. */
export function checkStack(context: DeploymentContext, { status, facts }: Deployment): Finding[] {
  const found: Finding[] = [];
  const { name, parameters, resources } = facts;
  if (status.endsWith('_IN_PROGRESS') && !WELL.includes(status)) {
    found.push(
      broken(
        'stack',
        `${name} is ${status}`,
        'A deployment is at work: look again when it is done.',
      ),
    );
  } else if (!WELL.includes(status)) {
    found.push(
      broken(
        'stack',
        `${name} is ${status}: the last deployment did not come through`,
        'See why, fix it, and deploy again:',
        aws(context, 'cloudformation', `describe-stack-events --stack-name ${name}`),
      ),
    );
  }
  const isHub = (parameters.OrganizationId ?? '') !== '';
  const expected = isHub ? [...deployedResources, ...hubResources] : deployedResources;
  const lacking = expected.filter((id) => !resources.has(id));
  if (lacking.length > 0) {
    const some = lacking.slice(0, 4).join(', ');
    const more = lacking.length > 4 ? ` and ${lacking.length - 4} more` : '';
    found.push(
      broken(
        'stack',
        `${name} has no ${some}${more}: an older release, or another stack`,
        'Deploy this release, naming the parameters again:',
        'npm ci && npm run deploy',
      ),
    );
  }
  const mode = parameters.Mode ?? 'unknown';
  const meaning = mode === 'observe' ? 'observe: it only watches' : mode;
  return orWell('stack', found, `${name} is ${status}; Mode is ${meaning}`);
}

/** The Region that was asked for is the one where IAM's events are. All else is looked for there anyway. */
export function checkRegion({ region, askedRegion }: DeploymentContext): Finding[] {
  const found =
    askedRegion === null || askedRegion === region
      ? []
      : [
          broken(
            'region',
            `asked for ${askedRegion}: IAM’s events are delivered in ${region} only, so a deployment in ${askedRegion} sees nothing. Looked in ${region}`,
            `Deploy to ${region}, and leave --region out (or --region ${region}).`,
          ),
        ];
  return orWell('region', found, `${region}, where IAM’s events are delivered`);
}
