/** The facts that are different in each AWS partition. */
interface PartitionFacts {
  /** The names of its Regions (the SDK's table of partitions). */
  readonly regions: RegExp;
  /**
   * The one Region where IAM's events are delivered, and a hub and its spokes are therefore deployed; null where AWS
   * does not document it.
   */
  readonly eventRegion: string | null;
  readonly console: string;
  /** The host of https://<account>.<host>/console, where users sign in; null where AWS documents no such address. */
  readonly signin: string | null;
  /** The root user can sign in to the console. In GovCloud it cannot (AWS GovCloud (US) User Guide, "IAM"). */
  readonly rootSignsIn: boolean;
}

/** The partitions that are supported. */
export const partitions = {
  aws: {
    regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/,
    eventRegion: 'us-east-1',
    console: 'console.aws.amazon.com',
    signin: 'signin.aws.amazon.com',
    rootSignsIn: true,
  },
  'aws-us-gov': {
    regions: /^us-gov-\w+-\d+$/,
    eventRegion: 'us-gov-west-1',
    console: 'console.amazonaws-us-gov.com',
    signin: 'signin.amazonaws-us-gov.com',
    rootSignsIn: false,
  },
  'aws-cn': {
    regions: /^cn-\w+-\d+$/,
    eventRegion: 'cn-north-1',
    console: 'console.amazonaws.cn',
    signin: 'signin.amazonaws.cn',
    rootSignsIn: true,
  },
  // The European Sovereign Cloud. Its IAM calls are signed for eusc-de-east-1; where its IAM events are delivered is not
  // documented.
  'aws-eusc': {
    regions: /^eusc-\w+-\w+-\d+$/,
    eventRegion: null,
    console: 'console.amazonaws-eusc.eu',
    signin: null,
    rootSignsIn: true,
  },
} as const satisfies Readonly<Record<string, PartitionFacts>>;

export type Partition = keyof typeof partitions;

export const partitionNames = Object.keys(partitions) as Partition[];

/** The Regions where the enforcer may be deployed. */
export const iamEventRegions = partitionNames.flatMap((name) => partitions[name].eventRegion ?? []);

/** A partition that is not in the table, or in which the enforcer cannot be deployed. */
export class UnsupportedPartition extends Error {
  override readonly name = 'UnsupportedPartition';
}

/**
 * @param name as in an ARN
 * @throws UnsupportedPartition for a partition that is not in the table: an isolated partition may not be like `aws`
 */
export function partitionNamed(name: string): Partition {
  const partition = partitionNames.find((one) => one === name);
  if (partition !== undefined) return partition;
  throw new UnsupportedPartition(
    `The partition ${name} is not supported. Supported are ${partitionNames.join(', ')}.`,
  );
}

/**
 * The partition of a Region.
 * @throws UnsupportedPartition where no partition of the table has the Region
 */
export function partitionOf(region: string): Partition {
  const partition = partitionNames.find((one) => partitions[one].regions.test(region));
  if (partition !== undefined) return partition;
  throw new UnsupportedPartition(
    `The Region ${region} is in none of the supported partitions: ${partitionNames.join(', ')}.`,
  );
}

/**
 * The Region where a partition's IAM events are delivered.
 * @throws UnsupportedPartition where AWS does not document it
 */
export function iamEventRegionOf(partition: Partition): string {
  const region = partitions[partition].eventRegion;
  if (region !== null) return region;
  throw new UnsupportedPartition(
    `The enforcer cannot be deployed in ${partition}: AWS does not document in which Region its IAM events are ` +
      'delivered. report, plan, explain, sweep, replay and policy work there.',
  );
}
