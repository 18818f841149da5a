import type { S3Client } from '@aws-sdk/client-s3';
import {
  bucketExists,
  createBucket,
  deleteBucket,
  deleteObjects,
  listKeys,
  type OwnedBucket,
  putObject,
  statusOf,
} from '../../io/s3.ts';
import type { Release } from './release.ts';

/** Where the bucket is, and who owns it. */
export interface BucketPlace {
  readonly s3: S3Client;
  readonly account: string;
  readonly partition: string;
  readonly region: string;
}

/** Where a stack's code is. */
export interface CodePlace {
  readonly bucket: string;
  /** The prefix of the stack's objects, with its last slash, or empty. */
  readonly prefix: string;
}

/** The bucket belongs to another account, or may not be used. */
class ForeignBucket extends Error {
  override readonly name = 'ForeignBucket';
}

/** The bucket that a deployment creates, one for all stacks of the account. */
export const ownBucket = ({ account, region }: Pick<BucketPlace, 'account' | 'region'>) =>
  `mfa-enforcer-${account}-${region}`;

/**
 * Checks that a bucket can have the code.
 * @returns whether it exists; false only for the bucket that a deployment creates
 * @throws ForeignBucket
 */
export async function checkBucket(
  place: BucketPlace,
  { bucket }: Pick<CodePlace, 'bucket'>,
): Promise<boolean> {
  const own = ownBucket(place);
  if (await exists(place, { name: bucket, account: place.account })) return true;
  if (bucket === own) return false;
  throw new ForeignBucket(
    `The bucket ${bucket} of the parameter S3Bucket does not exist. Create it, or pass --s3-bucket ${own}, which this command creates.`,
  );
}

/**
 * Uploads the template of a release, and creates the bucket first where it does not exist.
 * @returns the URL of the template, for CloudFormation
 * @throws ForeignBucket
 */
export async function uploadTemplate(
  place: BucketPlace,
  { bucket, prefix }: CodePlace,
  { template }: Pick<Release, 'template'>,
): Promise<string> {
  const { s3, account, partition, region } = place;
  if (!(await checkBucket(place, { bucket }))) await createBucket(s3, bucket, region);
  await putObject(s3, { name: bucket, account }, prefix + template.name, template.body);
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://${bucket}.s3.${region}.${suffix}/${prefix}${template.name}`;
}

/** Uploads the functions' code, which CloudFormation needs when it executes the change. */
export async function uploadCode(
  { s3, account }: BucketPlace,
  { bucket, prefix }: CodePlace,
  { code }: Pick<Release, 'code'>,
): Promise<void> {
  for (const { name, body } of code) {
    await putObject(s3, { name: bucket, account }, prefix + name, body);
  }
}

/**
 * Deletes a stack's code, and the bucket if a deployment has created it and nothing else is in it.
 * @returns what was left; null where nothing was
 */
export async function removeCode(
  place: BucketPlace,
  { bucket, prefix }: CodePlace,
): Promise<string | null> {
  const { s3, account } = place;
  const owned: OwnedBucket = { name: bucket, account };
  if (prefix === '') return `the code in the bucket ${bucket}, which has no prefix of its own`;
  if (bucket !== ownBucket(place)) return `the bucket ${bucket}, which mfa-enforcer did not create`;
  if (!(await exists(place, owned))) return null;
  await deleteObjects(s3, owned, await listKeys(s3, owned, prefix));
  const others = await listKeys(s3, owned, '');
  if (others.length > 0) return `the bucket ${bucket}, which has the code of other stacks`;
  await deleteBucket(s3, owned);
  return null;
}

async function exists({ s3, region }: BucketPlace, owned: OwnedBucket): Promise<boolean> {
  try {
    return await bucketExists(s3, owned);
  } catch (error) {
    if (statusOf(error) === 301) {
      throw new ForeignBucket(
        `The bucket ${owned.name} is in another Region. Lambda needs it in ${region}: name another one with --s3-bucket.`,
      );
    }
    if (statusOf(error) !== 403) throw error;
    throw new ForeignBucket(
      `AWS denied s3:ListBucket on ${owned.name}: the bucket belongs to another account, or the caller lacks the permission. ` +
        'Grant it, or name a bucket of this account with --s3-bucket.',
    );
  }
}
