import { type CloudTrailClient, GetTrailStatusCommand } from '@aws-sdk/client-cloudtrail';
import { needs } from '../needs.ts';

/** Whether a trail records at the moment. */
export const isLogging = needs(
  ['cloudtrail:GetTrailStatus'],
  async (cloudTrail: CloudTrailClient, trailArn: string): Promise<boolean> => {
    const { IsLogging } = await cloudTrail.send(new GetTrailStatusCommand({ Name: trailArn }));
    return IsLogging ?? false;
  },
);
