import * as z from 'zod';

/** A 12-digit AWS account id. */
export const AccountId = z.string().regex(/^\d{12}$/, 'is not a 12-digit account id');

/** IAM user names: at most 64 of [\w+=,.@-] (IAM quotas, "IAM name requirements"). */
export const UserName = z.string().regex(/^[\w+=,.@-]{1,64}$/, 'is not a legal IAM user name');

const UserIdentity = z.looseObject({
  // One of ten today; AWS adds values, so any string is accepted.
  type: z.string().default('Unknown'),
  arn: z.string().optional(),
  // For a Root caller this is the account's alias, never a user.
  userName: z.string().optional(),
  invokedBy: z.string().optional(),
  sessionContext: z
    .looseObject({
      // May be {} (AWS writes it so for some sessions).
      sessionIssuer: z.looseObject({ userName: z.string().optional() }).optional(),
    })
    .optional(),
});

/**
 * One CloudTrail record, as EventBridge carries it in `detail` and as an auditor exports it.
 * Unknown fields stay; `requestParameters` is null in AccessDenied records.
 */
export const CloudTrailRecord = z.looseObject({
  eventID: z.string().min(1),
  eventName: z.string().min(1),
  eventSource: z.string().min(1),
  eventTime: z.iso.datetime({ offset: true }),
  awsRegion: z.string().optional(),
  recipientAccountId: AccountId.optional(),
  errorCode: z.string().optional(),
  sourceIPAddress: z.string().optional(),
  userAgent: z.string().nullish(),
  userIdentity: UserIdentity.optional(),
  requestParameters: z.record(z.string(), z.unknown()).nullish(),
  responseElements: z.record(z.string(), z.unknown()).nullish(),
});
export type CloudTrailRecord = z.infer<typeof CloudTrailRecord>;

/** EventBridge's envelope around a CloudTrail record. `account` is checked against the record's own. */
export const CloudTrailEnvelope = z.looseObject({
  id: z.string().optional(),
  account: AccountId.optional(),
  'detail-type': z.string(),
  detail: CloudTrailRecord,
});
