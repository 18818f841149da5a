import type { Cause } from '../../events/cause.ts';
import { ACCOUNT, START } from './settings.ts';

let events = 0;

export interface EventOptions {
  readonly user?: string;
  /** Seconds before START. */
  readonly ago?: number;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly account?: string;
  readonly eventId?: string;
  readonly identity?: Readonly<Record<string, unknown>>;
}

/** An EventBridge event of an IAM call, as JSON text. */
export function iamEvent(eventName: string, options: EventOptions = {}): string {
  events += 1;
  const { user = 'dana', ago = 0, parameters = {}, account = ACCOUNT } = options;
  return JSON.stringify({
    version: '0',
    id: `envelope-${events}`,
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.iam',
    account,
    region: 'us-east-1',
    resources: [],
    detail: {
      eventID: options.eventId ?? `event-${events}`,
      eventName,
      eventSource: 'iam.amazonaws.com',
      eventTime: new Date(START - ago * 1000).toISOString(),
      recipientAccountId: account,
      userIdentity: options.identity ?? callerOf(eventName, user, account),
      requestParameters: { userName: user, ...parameters },
      responseElements: null,
    },
  });
}

/** The caller: users enrol themselves, and an administrator makes all other changes. */
function callerOf(eventName: string, userName: string, account: string) {
  return eventName === 'EnableMFADevice'
    ? { type: 'IAMUser', userName, arn: `arn:aws:iam::${account}:user/${userName}` }
    : { type: 'AssumedRole', arn: `arn:aws:sts::${account}:assumed-role/SecurityAdmin/alice` };
}

/** A sweep's request to review a user, as JSON text. */
export function sweepRequest(user: string, otherMethods = false): string {
  const cause: Cause = {
    kind: 'sweep',
    sweepId: 'sweep-1',
    startedAt: new Date(START).toISOString(),
  };
  return JSON.stringify({
    schema: 'mfa-enforcer/review-request/1',
    account: ACCOUNT,
    user,
    cause,
    otherMethods,
  });
}
