import { broken, type Finding, orWell } from './finding.ts';
import type { Patient } from './patient.ts';

/** The Region that was asked for is the one where IAM's events are. All else is looked for there anyway. */
export function checkRegion({ region, askedRegion }: Patient): Finding[] {
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
