import { describe, expect, it } from 'vitest';
import {
  iamEventRegionOf,
  iamEventRegions,
  partitionNamed,
  partitionNames,
  partitionOf,
  partitions,
  UnsupportedPartition,
} from '../../../../functions/domain/rules/partition.ts';

describe('the table of partitions', () => {
  it.each([
    ['us-east-1', 'aws'],
    ['eu-central-2', 'aws'],
    ['ap-southeast-7', 'aws'],
    ['sa-east-1', 'aws'],
    ['ca-west-1', 'aws'],
    ['me-south-1', 'aws'],
    ['af-south-1', 'aws'],
    ['il-central-1', 'aws'],
    ['mx-central-1', 'aws'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-gov-east-1', 'aws-us-gov'],
    ['cn-north-1', 'aws-cn'],
    ['cn-northwest-1', 'aws-cn'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('knows the partition of %s', (region, partition) => {
    expect(partitionOf(region)).toBe(partition);
  });

  it.each([
    'us-iso-east-1',
    'us-isob-east-1',
    'eu-isoe-west-1',
    'xx-north-1',
    'us-east-1x',
    'x-us-east-1',
    'x-us-gov-west-1',
    'us-gov-west-1x',
    'x-cn-north-1',
    'cn-north-1x',
    'x-eusc-de-east-1',
    'eusc-de-east-1x',
    'us-east-',
    '',
  ])('refuses the Region %j, and takes none for aws', (region) => {
    expect(() => partitionOf(region)).toThrow(
      new UnsupportedPartition(
        `The Region ${region} is in none of the supported partitions: aws, aws-us-gov, aws-cn, aws-eusc.`,
      ),
    );
  });

  it.each(partitionNames)('has the partition %s', (name) => {
    expect(partitionNamed(name)).toBe(name);
    const { eventRegion } = partitions[name];
    if (eventRegion === null) return;
    expect(partitionOf(eventRegion)).toBe(name);
    expect(iamEventRegionOf(name)).toBe(eventRegion);
  });

  it.each(['aws-iso', 'aws-iso-b', 'toString', ''])('has no partition %j', (name) => {
    expect(() => partitionNamed(name)).toThrow(
      new UnsupportedPartition(
        `The partition ${name} is not supported. Supported are aws, aws-us-gov, aws-cn, aws-eusc.`,
      ),
    );
  });

  it('lists the Regions of a deployment, and refuses one where AWS documents none', () => {
    expect(iamEventRegions).toEqual(['us-east-1', 'us-gov-west-1', 'cn-north-1']);
    expect(() => iamEventRegionOf('aws-eusc')).toThrow(
      'The enforcer cannot be deployed in aws-eusc: AWS does not document in which Region its IAM events are ' +
        'delivered. report, plan, explain, sweep, replay and policy work there.',
    );
    const error = new UnsupportedPartition('x');
    expect(error.name).toBe('UnsupportedPartition');
  });
});
