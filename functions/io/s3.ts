import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  HeadBucketCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { needs } from './needs.ts';

/** A bucket, and the account that must own it: a name may be someone else's, because bucket names are global. */
export interface OwnedBucket {
  readonly name: string;
  readonly account: string;
}

/**
 * Whether a bucket exists in the account.
 * @throws S3's error with status 403 where it belongs to another account
 */
export const bucketExists = needs(
  ['s3:ListBucket'],
  async (s3: S3Client, { name, account }: OwnedBucket): Promise<boolean> => {
    try {
      await s3.send(new HeadBucketCommand({ Bucket: name, ExpectedBucketOwner: account }));
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw error;
    }
  },
);

/** HTTP status of an error; HeadBucket's errors have neither a code nor a message. */
export function statusOf(error: unknown): number | null {
  const { $metadata } = (error ?? {}) as {
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  return $metadata?.httpStatusCode ?? null;
}

/** Creates a bucket. New buckets are private and encrypted (S3 User Guide, "Setting default server-side encryption"). */
export const createBucket = needs(
  ['s3:CreateBucket'],
  async (s3: S3Client, name: string, region: string): Promise<void> => {
    // us-east-1 refuses its own name as a location constraint (S3 API reference, CreateBucket).
    const location =
      region === 'us-east-1'
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: region as 'us-west-2' } };
    await s3.send(new CreateBucketCommand({ Bucket: name, ...location }));
  },
);

/** Writes an object. */
export const putObject = needs(
  ['s3:PutObject'],
  async (s3: S3Client, { name, account }: OwnedBucket, key: string, body: Uint8Array) => {
    await s3.send(
      new PutObjectCommand({ Bucket: name, ExpectedBucketOwner: account, Key: key, Body: body }),
    );
  },
);

/** The keys of a bucket that begin with a prefix. */
export const listKeys = needs(
  ['s3:ListBucket'],
  async (s3: S3Client, { name, account }: OwnedBucket, prefix: string): Promise<string[]> => {
    const keys: string[] = [];
    const input = { Bucket: name, ExpectedBucketOwner: account, Prefix: prefix };
    for await (const { Contents } of paginateListObjectsV2({ client: s3 }, input)) {
      keys.push(...(Contents ?? []).map(({ Key = '' }) => Key));
    }
    return keys;
  },
);

// DeleteObjects takes 1,000 keys (S3 API reference).
const KEYS_A_CALL = 1_000;

/** Deletes objects. @throws if one could not be deleted */
export const deleteObjects = needs(
  ['s3:DeleteObject'],
  async (s3: S3Client, { name, account }: OwnedBucket, keys: readonly string[]) => {
    for (let from = 0; from < keys.length; from += KEYS_A_CALL) {
      const Objects = keys.slice(from, from + KEYS_A_CALL).map((Key) => ({ Key }));
      const { Errors } = await s3.send(
        new DeleteObjectsCommand({
          Bucket: name,
          ExpectedBucketOwner: account,
          Delete: { Objects, Quiet: true },
        }),
      );
      const [first] = Errors ?? [];
      if (first) throw new Error(`S3 could not delete ${first.Key}: ${first.Message}`);
    }
  },
);

/** Deletes an empty bucket. */
export const deleteBucket = needs(
  ['s3:DeleteBucket'],
  async (s3: S3Client, { name, account }: OwnedBucket) => {
    await s3.send(new DeleteBucketCommand({ Bucket: name, ExpectedBucketOwner: account }));
  },
);
