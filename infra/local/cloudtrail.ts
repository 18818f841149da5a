import { randomUUID } from 'node:crypto';
import { XMLParser } from 'fast-xml-parser';

/** One IAM call over the wire: AWS's query protocol in, XML out. */
export interface IamCall {
  /** application/x-www-form-urlencoded */
  readonly request: string;
  readonly status: number;
  readonly response: string;
  readonly identity: { readonly arn: string; readonly account: string };
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly at: Date;
}

const SECRET = /password|secretAccessKey|base32|qrCode|authenticationCode/i;
const READS = /^(Get|List|Generate|Simulate)/;

/**
 * The CloudTrail record of an IAM call in AWS's format: API member names in lowerCamelCase, without secrets, and with
 * errorCode for a failed call.
 * @returns the record, or null for a call that only reads
 */
export function cloudTrailRecord(call: IamCall): Record<string, unknown> | null {
  const parameters = new URLSearchParams(call.request);
  const action = parameters.get('Action') ?? '';
  if (action === '' || READS.test(action)) return null;
  const failure = call.status >= 400 ? failureOf(call.response) : null;
  return {
    eventVersion: '1.11',
    userIdentity: userIdentity(call.identity),
    eventTime: `${call.at.toISOString().slice(0, 19)}Z`,
    eventSource: 'iam.amazonaws.com',
    eventName: action,
    awsRegion: 'us-east-1',
    sourceIPAddress: call.sourceIp,
    userAgent: call.userAgent,
    requestParameters: requestParameters(parameters),
    responseElements: failure ? null : responseElements(action, call.response),
    ...(failure ?? {}),
    requestID: randomUUID(),
    eventID: randomUUID(),
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: call.identity.account,
    eventCategory: 'Management',
  };
}

function userIdentity({ arn, account }: IamCall['identity']): Record<string, unknown> {
  const [kind = '', ...rest] = (arn.split(':')[5] ?? '').split('/');
  if (kind === 'assumed-role') {
    return {
      type: 'AssumedRole',
      arn,
      accountId: account,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          arn: `arn:aws:iam::${account}:role/${rest[0]}`,
          userName: rest[0],
          accountId: account,
        },
        attributes: { mfaAuthenticated: 'false' },
      },
    };
  }
  if (kind === 'user') return { type: 'IAMUser', arn, accountId: account, userName: rest.at(-1) };
  return { type: 'Root', arn, accountId: account };
}

function failureOf(xml: string): { errorCode: string; errorMessage: string } {
  const error = parser.parse(xml)?.ErrorResponse?.Error;
  const code = String(error?.Code ?? 'InternalFailure');
  // CloudTrail records the exception's class name in place of the error code of the response.
  const named = ['AccessDenied', 'ValidationError'].includes(code) ? code : `${code}Exception`;
  return { errorCode: named, errorMessage: String(error?.Message ?? '') };
}

function responseElements(action: string, xml: string): unknown {
  const result = parser.parse(xml)?.[`${action}Response`]?.[`${action}Result`];
  return result ? camel(result) : null;
}

const parser = new XMLParser({ parseTagValue: false, ignoreAttributes: true });

/** Tags.member.1.Key=a → tags: [{ key: a }] */
function requestParameters(parameters: URLSearchParams): Record<string, unknown> | null {
  const found: Record<string, unknown> = {};
  for (const [path, value] of parameters) {
    if (path === 'Action' || path === 'Version' || SECRET.test(path)) continue;
    const [name = '', member, index = '1', field] = path.split('.');
    if (member === undefined) {
      found[lower(name)] = booleans[value] ?? value;
      continue;
    }
    found[lower(name)] ??= [];
    const list = found[lower(name)] as unknown[];
    const at = Number(index) - 1;
    if (field === undefined) list[at] = value;
    else list[at] = { ...(list[at] as object | undefined), [lower(field)]: value };
  }
  return Object.keys(found).length > 0 ? found : null;
}

const booleans: Readonly<Record<string, boolean>> = { true: true, false: false };

function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== 'object' || value === null) return booleans[String(value)] ?? value;
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]?.[0] === 'member') return [camel(entries[0][1])].flat();
  return Object.fromEntries(
    entries
      .filter(([key]) => !SECRET.test(key) || key === 'PasswordResetRequired')
      .map(([key, inner]) => [lower(key), camel(inner)]),
  );
}

function lower(name: string): string {
  if (name.startsWith('MFA')) return `mfa${name.slice(3)}`;
  return name.charAt(0).toLowerCase() + name.slice(1);
}
