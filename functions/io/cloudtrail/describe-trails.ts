import { type CloudTrailClient, DescribeTrailsCommand } from '@aws-sdk/client-cloudtrail';
import { needs } from '../needs.ts';

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
