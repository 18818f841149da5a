import {
  type AdvancedEventSelector,
  type CloudTrailClient,
  type EventSelector,
  GetEventSelectorsCommand,
} from '@aws-sdk/client-cloudtrail';
import { needs } from '../needs.ts';

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
