import * as z from 'zod';

/** A 12-digit AWS account id. */
export const AccountId = z.string().regex(/^\d{12}$/, 'is not a 12-digit account id');

/** IAM user names: at most 64 of [\w+=,.@-] (IAM quotas, "IAM name requirements"). */
export const UserName = z.string().regex(/^[\w+=,.@-]{1,64}$/, 'is not a legal IAM user name');

// An export through a table (Athena, a SIEM) writes null where CloudTrail leaves a field out.
const Text = z.string().nullish();

const UserIdentity = z.looseObject({
  // One of ten today; AWS adds values, so any string is accepted.
  type: Text.transform((type) => type ?? 'Unknown'),
  accountId: Text,
  arn: Text,
  // For a Root caller this is the account's alias, never a user.
  userName: Text,
  invokedBy: Text,
  // What else an export makes of an identity's details makes no record unreadable.
  accessKeyId: Text.catch(undefined),
  invokedByDelegate: z.looseObject({ accountId: Text }).nullish().catch(undefined),
  sessionContext: z
    .looseObject({
      sourceIdentity: Text.catch(undefined),
      // May be {} (AWS writes it so for some sessions).
      sessionIssuer: z.looseObject({ userName: Text, arn: Text }).nullish(),
      // The text "true" or "false". What else an export makes of it says nothing, and makes no record unreadable.
      attributes: z.looseObject({ mfaAuthenticated: Text }).nullish().catch(undefined),
    })
    .nullish(),
});

// Athena's table of a trail contains both elements as JSON text (CloudTrail SerDe).
const Elements = z.preprocess(
  // Stryker disable next-line ConditionalExpression: JSON.parse throws at what is no text, which stays what it is
  (value) => (typeof value === 'string' ? jsonIn(value) : value),
  z.record(z.string(), z.unknown()).nullish(),
);

/**
 * One CloudTrail record, as EventBridge carries it in `detail` and as an auditor exports it.
 * Unknown fields stay; `requestParameters` is null in AccessDenied records. The account is any text: only a record
 * that concerns a user needs one that is legal, and exports mask it.
 */
export const CloudTrailRecord = z.looseObject({
  eventID: z.string().min(1),
  eventName: z.string().min(1),
  eventSource: z.string().min(1),
  eventTime: z.iso.datetime({ offset: true }),
  awsRegion: Text,
  recipientAccountId: Text,
  errorCode: Text,
  sourceIPAddress: Text,
  userAgent: Text,
  userIdentity: UserIdentity.nullish(),
  requestParameters: Elements,
  responseElements: Elements,
});
export type CloudTrailRecord = z.infer<typeof CloudTrailRecord>;

/** EventBridge's envelope around a CloudTrail record. `account` is checked against the record's own. */
export const CloudTrailEnvelope = z.looseObject({
  id: Text,
  account: Text,
  'detail-type': z.string(),
  detail: CloudTrailRecord,
});

/** The value of a JSON text; the text itself where it is none. An empty text is no value. */
function jsonIn(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
