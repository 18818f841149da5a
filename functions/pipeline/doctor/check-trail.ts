import { recordsWrites } from '../../domain/deployment/event-selectors.ts';
import { describeTrails, getEventSelectors, isLogging, type Trail } from '../../io/cloudtrail.ts';
import {
  broken,
  type DeploymentContext,
  type Finding,
  isDenied,
  orWell,
  unknown,
} from './check.ts';
import { aws } from './fixes.ts';

/**
 * Checks that a trail records IAM's write events. EventBridge gets "AWS API Call via CloudTrail" events only if a trail
 * records them (EventBridge User Guide, "AWS service events delivered via CloudTrail"). One such trail is enough.
 */
export async function checkTrail(context: DeploymentContext): Promise<Finding[]> {
  const trails = await describeTrails(context.clients.cloudTrail);
  const found: Finding[] = [];
  for (const trail of trails) {
    const finding = await checkOne(context, trail);
    if (finding === null) {
      return orWell('trail', [], `trail ${trail.name} is on and records IAM’s write events`);
    }
    found.push(finding);
  }
  if (found.length > 0) return found;
  return [
    broken(
      'trail',
      `no CloudTrail trail covers ${context.region}: IAM’s events are not delivered, and only the nightly sweep acts`,
      'Create a trail, with a bucket that CloudTrail may write to:',
      aws(
        context,
        'cloudtrail',
        'create-trail --name management-events --s3-bucket-name <bucket> --is-multi-region-trail',
      ),
      aws(context, 'cloudtrail', 'start-logging --name management-events'),
    ),
  ];
}

/** The finding about a trail, or null if the trail is sufficient. */
async function checkOne(context: DeploymentContext, trail: Trail): Promise<Finding | null> {
  const { cloudTrail } = context.clients;
  // A trail can be changed only in its home Region (CloudTrail User Guide).
  const home = { ...context, region: trail.homeRegion };
  const wrong = (what: string, ...fix: string[]) =>
    broken('trail', `trail ${trail.name} ${what}`, ...fix);
  try {
    if (!trail.multiRegion && trail.homeRegion !== context.region) {
      return wrong(
        `records only ${trail.homeRegion}`,
        aws(home, 'cloudtrail', `update-trail --name ${trail.arn} --is-multi-region-trail`),
      );
    }
    if (!trail.globalServices) {
      return wrong(
        'does not record global services, such as IAM',
        aws(home, 'cloudtrail', `update-trail --name ${trail.arn} --include-global-service-events`),
      );
    }
    if (!(await isLogging(cloudTrail, trail.arn))) {
      return wrong('is switched off', aws(home, 'cloudtrail', `start-logging --name ${trail.arn}`));
    }
    if (!recordsWrites(await getEventSelectors(cloudTrail, trail.arn))) {
      const all =
        '[{"Name":"Management","FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]}]}]';
      return wrong(
        'does not record IAM’s management write events',
        'Record management events. This replaces the trail’s event selectors, so add those for data events again:',
        aws(
          home,
          'cloudtrail',
          `put-event-selectors --trail-name ${trail.arn} --advanced-event-selectors '${all}'`,
        ),
      );
    }
    return null;
  } catch (error) {
    // A member account sees its organization's trail, but may not read all of its settings.
    const finding = unknown(context, 'trail', error);
    return isDenied(error)
      ? { ...finding, message: `trail ${trail.name}: ${finding.message}` }
      : finding;
  }
}
