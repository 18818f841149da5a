/** The AWS partitions. */
export type Partition = 'aws' | 'aws-us-gov' | 'aws-cn';

/** The partition of a Region (AWS General Reference, "ARNs"). */
export function partitionOf(region: string): Partition {
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return region.startsWith('cn-') ? 'aws-cn' : 'aws';
}
