import { type Parsed, parseMessage } from '../../events/message.ts';
import { protectingScp } from '../../functions/domain/deployment/protecting-scp.ts';
import { forceMfaPolicy } from '../../functions/domain/rules/force-mfa.ts';
import { sampleNames } from '../../infra/docs/sample-scp.ts';
import { matchesPattern } from '../../infra/local/event-pattern.ts';
import { deployedHub } from '../fakes/deployed.ts';
import { ask } from '../integration/policy/evaluator.ts';
import { baselines, matrix } from '../integration/policy/matrix.ts';
import { ACCOUNT, type Call, type Result, type Technique } from './techniques.ts';

type Kind = Parsed['kind'];

/** What the evaluator, the deployed rules and the reading of events say about a technique. */
export interface Judged {
  /** The calls that a blocked administrator may make in some session without MFA. */
  readonly allowedToBlocked: readonly string[];
  /** The calls that the protecting SCP denies to an account's administrator. */
  readonly deniedByScp: readonly string[];
  /** The deployed rules that send the technique's events to the queue. */
  readonly rules: readonly string[];
  /** What on-iam-change makes of these events. */
  readonly kinds: ReadonlySet<Kind>;
}

const hub = deployedHub();
const patterns = hub
  .idsOf('AWS::Events::Rule')
  .map((id) => [id, hub.propertiesOf(id).EventPattern] as const)
  .filter(([, pattern]) => pattern !== undefined);

/** Asks everything about one technique. */
export async function judge({ calls }: Technique): Promise<Judged> {
  const allowedToBlocked: string[] = [];
  const deniedByScp: string[] = [];
  const rules = new Set<string>();
  const kinds = new Set<Kind>();
  for (const call of calls) {
    if (await isAllowedToBlocked(call)) allowedToBlocked.push(call.action);
    if (await isDeniedByScp(call)) deniedByScp.push(call.action);
    const event = eventOf(call);
    const matching = patterns.filter(([, pattern]) => matchesPattern(pattern, event));
    for (const [id] of matching) rules.add(id);
    if (matching.length === 0) continue;
    const { kind } = parseMessage(JSON.stringify(event), ACCOUNT);
    if (kind !== 'dropped') kinds.add(kind);
  }
  return { allowedToBlocked, deniedByScp, rules: [...rules], kinds };
}

/** The kinds of message that can lead to a result. */
export const kindsOf: Readonly<Record<Result, readonly Kind[]>> = {
  blocked: ['changes'],
  undone: ['changes'],
  restored: ['policy'],
  reported: ['changes', 'access', 'policy', 'tampering'],
  'out of scope': [],
};

const caller = `arn:aws:iam::${ACCOUNT}:user/mallory`;
const withoutMfa = matrix.sessions.filter(({ bound }) => bound);

async function isAllowedToBlocked({ action, resource, context = {} }: Call): Promise<boolean> {
  for (const session of withoutMfa) {
    const verdict = await ask({
      principal: caller,
      action,
      resource,
      context: { ...session.context, ...context, 'aws:username': 'mallory' },
      identityPolicies: [...baselines.administrator, forceMfaPolicy('aws', 'console')],
    });
    if (verdict !== 'denied') return true;
  }
  return false;
}

// The evaluator accepts no partition wildcard.
const scp = JSON.parse(
  JSON.stringify(protectingScp({ ...sampleNames, stack: 'mfa' })).replaceAll('arn:*:', 'arn:aws:'),
) as object;

async function isDeniedByScp({ action, resource, context = {} }: Call): Promise<boolean> {
  const verdict = await ask({
    principal: caller,
    action,
    resource,
    context: { 'aws:PrincipalArn': caller, ...context },
    identityPolicies: baselines.administrator,
    serviceControlPolicies: [...baselines.administrator, scp],
  });
  return verdict === 'denied';
}

/** Lambda's event names carry the API's version (AWS Lambda Developer Guide, "Logging API calls using CloudTrail"). */
const versions: Readonly<Record<string, string>> = {
  UpdateFunctionCode: '20150331v2',
  UpdateFunctionConfiguration: '20150331v2',
  AddPermission: '20150331v2',
  PutFunctionConcurrency: '20171031',
};

/** The event of a call by an administrator's session, as EventBridge carries it. */
function eventOf({ action, parameters }: Call) {
  const [service = '', name = ''] = action.split(':');
  const eventName = `${name}${service === 'lambda' ? (versions[name] ?? '') : ''}`;
  return {
    source: `aws.${service}`,
    account: ACCOUNT,
    'detail-type': 'AWS API Call via CloudTrail',
    detail: {
      eventID: '0d1c6c2e-5d1a-4b0f-9f57-000000000000',
      eventTime: '2026-11-30T03:00:00Z',
      eventSource: `${service}.amazonaws.com`,
      eventName,
      awsRegion: 'us-east-1',
      recipientAccountId: ACCOUNT,
      sourceIPAddress: '198.51.100.7',
      userIdentity: {
        type: 'AssumedRole',
        accountId: ACCOUNT,
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Admin/mallory`,
        sessionContext: { sessionIssuer: { userName: 'Admin' } },
      },
      requestParameters: parameters,
    },
  };
}
