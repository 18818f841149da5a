import {
  type AdvancedEventSelector,
  type CloudTrailClient,
  DescribeTrailsCommand,
  type EventSelector,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import { needs } from './needs.ts';

export interface Trail {
  readonly name: string;
  readonly arn: string;
  readonly homeRegion: string;
  readonly multiRegion: boolean;
  /** Records the calls of global services, such as IAM. */
  readonly globalServices: boolean;
}

/** Every trail that records this Region, those of other Regions and of the organization among them. */
export const describeTrails = needs(
  ['cloudtrail:DescribeTrails'],
  async (cloudTrail: CloudTrailClient): Promise<Trail[]> => {
    const { trailList } = await cloudTrail.send(
      new DescribeTrailsCommand({ includeShadowTrails: true }),
    );
    if (!trailList) throw new Error('DescribeTrails answered without a list');
    return trailList.map((trail) => ({
      name: trail.Name ?? '',
      arn: trail.TrailARN ?? '',
      homeRegion: trail.HomeRegion ?? '',
      multiRegion: trail.IsMultiRegionTrail ?? false,
      globalServices: trail.IncludeGlobalServiceEvents ?? false,
    }));
  },
);

/** A trail has selectors of one kind or of the other. */
export interface EventSelectors {
  readonly basic: readonly EventSelector[];
  readonly advanced: readonly AdvancedEventSelector[];
}

/** Which events a trail records. */
export const getEventSelectors = needs(
  ['cloudtrail:GetEventSelectors'],
  async (cloudTrail: CloudTrailClient, trailArn: string): Promise<EventSelectors> => {
    const { EventSelectors, AdvancedEventSelectors } = await cloudTrail.send(
      new GetEventSelectorsCommand({ TrailName: trailArn }),
    );
    return { basic: EventSelectors ?? [], advanced: AdvancedEventSelectors ?? [] };
  },
);

/** Whether a trail records at the moment. */
export const isLogging = needs(
  ['cloudtrail:GetTrailStatus'],
  async (cloudTrail: CloudTrailClient, trailArn: string): Promise<boolean> => {
    const { IsLogging } = await cloudTrail.send(new GetTrailStatusCommand({ Name: trailArn }));
    return IsLogging ?? false;
  },
);
