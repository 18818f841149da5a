import { recordsWrites } from '../../domain/deployment/event-selectors.ts';
import { describeTrails, getEventSelectors, isLogging, type Trail } from '../../io/cloudtrail.ts';
import type { DeploymentContext } from './deployment-context.ts';
import { aws } from './fixes.ts';
import { broken, type Finding, isDenied, orWell, unknown } from './run-check.ts';

/**
 * EventBridge gets "AWS API Call via CloudTrail" events only where a trail records them (EventBridge User Guide,
 * "AWS service events delivered via CloudTrail"). One trail that does is enough.
 */
export async function checkTrail(context: DeploymentContext): Promise<Finding[]> {
  const trails = await describeTrails(context.clients.cloudTrail);
  const found: Finding[] = [];
  for (const trail of trails) {
    const verdict = await look(context, trail);
    if (verdict === null) {
      return orWell('trail', [], `${trail.name} records IAM’s writes, and is on`);
    }
    found.push(verdict);
  }
  if (found.length > 0) return found;
  return [
    broken(
      'trail',
      `no CloudTrail trail covers ${context.region}: IAM’s events are not delivered, only the nightly sweep acts`,
      'Make one, with a bucket that CloudTrail may write to:',
      aws(
        context,
        'cloudtrail',
        'create-trail --name management-events --s3-bucket-name <bucket> --is-multi-region-trail',
      ),
      aws(context, 'cloudtrail', 'start-logging --name management-events'),
    ),
  ];
}

/** What is wrong with a trail, or null. */
async function look(context: DeploymentContext, trail: Trail): Promise<Finding | null> {
  const { cloudTrail } = context.clients;
  // A trail is changed in its home Region only.
  const home = { ...context, region: trail.homeRegion };
  const wrong = (what: string, ...fix: string[]) =>
    broken('trail', `trail ${trail.name} ${what}`, ...fix);
  try {
    if (!trail.multiRegion && trail.homeRegion !== context.region) {
      return wrong(
        `records ${trail.homeRegion} only`,
        aws(home, 'cloudtrail', `update-trail --name ${trail.arn} --is-multi-region-trail`),
      );
    }
    if (!trail.globalServices) {
      return wrong(
        'leaves global services out, IAM among them',
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
        'Let it record management events (this replaces its selectors: keep those of data events):',
        aws(
          home,
          'cloudtrail',
          `put-event-selectors --trail-name ${trail.arn} --advanced-event-selectors '${all}'`,
        ),
      );
    }
    return null;
  } catch (error) {
    // A member account may see its organization's trail, and not all of it.
    const unseen = unknown(context, 'trail', error);
    return isDenied(error)
      ? { ...unseen, message: `trail ${trail.name}: ${unseen.message}` }
      : unseen;
  }
}
