import { describe, expect, it } from 'vitest';
import type { Outcome, OutcomeOf } from '../../../events/outcome.ts';
import { tamperingCalls } from '../../../events/tampering.ts';
import { sampleOutcomes } from '../../../functions/commands/preview.ts';
import type { SlackMessage } from '../../../functions/render/slack/blocks.ts';
import { digest, isDigestible } from '../../../functions/render/slack/digest.ts';
import { slackMessage } from '../../../functions/render/slack/kinds.ts';
import { inTerminal } from '../../../functions/render/slack/terminal.ts';
import {
  blocked,
  organizationSwept,
  sweepFinished,
  tamperingSeen,
  unblocked,
  unreachable,
} from '../../fakes/outcomes.ts';
import { context } from '../../fakes/slack-around.ts';

const all = Object.values(sampleOutcomes);
const buttonsOf = ({ blocks }: SlackMessage) =>
  blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
const urlsOf = (message: SlackMessage) => buttonsOf(message).map(({ url }) => url);
const policyChanged = (state: OutcomeOf<'policy-changed'>['state']) =>
  ({ ...all.find(({ kind }) => kind === 'policy-changed'), state }) as Outcome;
const quiet = {
  differences: 0,
  failedParts: [],
  breakGlassWithoutMfa: [],
  endingExemptions: [],
};
const accounts = { listed: 2, swept: 2, unswept: 0, inactive: 0, observing: 0 };

// test/unit/docs/runbook.test.ts has the entries of docs/runbook.md: each kind is an anchor.
describe('the button to the runbook', () => {
  const inRunbook = (outcome: Outcome) =>
    urlsOf(slackMessage(outcome, context)).filter((url) => url.startsWith(`${context.runbookUrl}`));

  it.each(
    Object.entries(sampleOutcomes).filter(
      ([, { kind }]) =>
        !['user-unblocked', 'event-path-proven', 'sweep-finished', 'organization-swept'].includes(
          kind,
        ),
    ),
  )('of %s opens the entry of its kind', (_, outcome) => {
    expect(inRunbook(outcome)).toEqual([`${context.runbookUrl}#${outcome.kind}`]);
  });

  it.each<readonly [string, Outcome, boolean]>([
    ['a user is unblocked', unblocked(), false],
    ['a policy is as deployed again', policyChanged('intact'), false],
    ['a policy was restored', policyChanged('restored'), true],
    ['a sweep found nothing to do', sweepFinished(quiet), false],
    ['a sweep found a difference', sweepFinished({ ...quiet, differences: 1 }), true],
    [
      'a sweep found a break-glass user without a device',
      sweepFinished({ ...quiet, breakGlassWithoutMfa: ['eve'] }),
      true,
    ],
    [
      'an organization needs nothing',
      organizationSwept({ ...quiet, accounts, unswept: [] }),
      false,
    ],
    [
      'an account was not swept',
      organizationSwept({ ...quiet, accounts: { ...accounts, unswept: 1 } }),
      true,
    ],
  ])('where %s: %#', (_, outcome, has) => {
    expect(inRunbook(outcome)).toHaveLength(has ? 1 : 0);
  });

  it('is missing where the deployment names no runbook', () => {
    const without = { ...context, runbookUrl: null };
    const messages = [
      ...all.map((outcome) => slackMessage(outcome, without)),
      digest(all.filter(isDigestible), without),
    ];
    for (const message of messages) expect(JSON.stringify(message)).not.toMatch(/runbook/);
  });

  it('is in a digest once for each kind that needs a person, the most urgent first', () => {
    const outcomes = [blocked(), unblocked({ id: '2' }), blocked({ id: '3' }), tamperingSeen()];
    expect(buttonsOf(digest(outcomes, context)).map(({ text, url }) => [text.text, url])).toEqual([
      ['Runbook: tampering-seen', `${context.runbookUrl}#tampering-seen`],
      ['Runbook: user-blocked', `${context.runbookUrl}#user-blocked`],
      ['Open all users', 'https://console.aws.amazon.com/iam/home#/users'],
    ]);
    expect(buttonsOf(digest([blocked()], context))[0]?.text.text).toBe('Open the runbook');
  });
});

describe('the button to the console', () => {
  const consoleOf = (outcome: Outcome, partition: 'aws' | 'aws-us-gov' | 'aws-cn' = 'aws') =>
    buttonsOf(slackMessage(outcome, { ...context, partition })).find(
      ({ action_id }) => action_id === 'console',
    )?.url;

  it.each([
    ['aws', 'https://console.aws.amazon.com', 'us-east-1'],
    ['aws-us-gov', 'https://console.amazonaws-us-gov.com', 'us-gov-west-1'],
    ['aws-cn', 'https://console.amazonaws.cn', 'cn-north-1'],
  ] as const)('is of the partition %s', (partition, console, region) => {
    expect(consoleOf(blocked(), partition)).toBe(
      `${console}/iam/home#/users/details/dana?section=security_credentials`,
    );
    expect(consoleOf(tamperingSeen(), partition)).toContain(
      `${console}/events/home?region=${region}#/eventbus/default/rules/`,
    );
  });

  it.each([
    [
      'mfa-enforcer-rule',
      'events:DisableRule',
      'events/home?region=us-east-1#/eventbus/default/rules/mfa-enforcer-rule',
    ],
    ['outcomes', 'events:DeleteEventBus', 'events/home?region=us-east-1#/eventbus/outcomes'],
    ['changes', 'sqs:PurgeQueue', 'sqs/v3/home?region=us-east-1#/queues'],
    ['5f1c', 'lambda:UpdateEventSourceMapping20150331', 'lambda/home?region=us-east-1#/functions'],
    ['sweep', 'lambda:DeleteFunction20150331', 'lambda/home?region=us-east-1#/functions/sweep'],
    ['state', 'dynamodb:UpdateTable', 'dynamodbv2/home?region=us-east-1#table?name=state'],
    ['/hook', 'ssm:PutParameter', 'systems-manager/parameters?region=us-east-1'],
    ['late', 'monitoring:DeleteAlarms', 'cloudwatch/home?region=us-east-1#alarmsV2:alarm/late'],
    ['prod', 'cloudformation:DeleteStack', 'cloudformation/home?region=us-east-1#/stacks'],
    ['main', 'cloudtrail:StopLogging', 'cloudtrailv2/home?region=us-east-1#/trails'],
    ['ForceMFA', 'iam:DeleteGroup', 'iam/home#/groups/details/ForceMFA'],
    ['a<b>|c', 'iam:DeleteRole', 'iam/home#/roles/details/a%3Cb%3E%7Cc'],
  ])('of the resource %s of %s is %s', (resource, what, page) => {
    const outcome = tamperingSeen({ what, resource });
    expect(consoleOf(outcome)).toBe(`https://console.aws.amazon.com/${page}`);
  });

  it('exists for every call that is tampering', () => {
    for (const { id } of tamperingCalls) {
      expect(consoleOf(tamperingSeen({ what: id, resource: 'x' }))).toBeDefined();
    }
    expect(consoleOf(tamperingSeen({ resource: null }))).toBeUndefined();
    expect(consoleOf(tamperingSeen({ what: 'unknown:Call' }))).toBeUndefined();
  });

  it.each([
    [
      'changed',
      'policies/details/arn%3Aaws%3Aiam%3A%3A111122223333%3Apolicy%2FForceMFA?section=permissions',
    ],
    ['missing', 'policies'],
  ] as const)('of a policy that is %s opens %s', (state, page) => {
    expect(consoleOf(policyChanged(state))).toBe(
      `https://console.aws.amazon.com/iam/home#/${page}`,
    );
  });

  it('names the account to sign in to', () => {
    const named = { accountName: 'Acme Production', alias: 'acme-prod' };
    for (const outcome of all) {
      const message = slackMessage({ ...outcome, ...named } as Outcome, context);
      const has = buttonsOf(message).some(({ action_id }) => action_id === 'console');
      const says = `Sign in to account Acme Production (acme-prod, ${outcome.account}) first.`;
      expect(JSON.stringify(message.blocks).includes(says)).toBe(has);
    }
  });

  it('of a digest names its one account, or that of each line', () => {
    const text = (...outcomes: Parameters<typeof digest>[0]) =>
      JSON.stringify(digest(outcomes, context).blocks);
    expect(text(blocked())).toContain('Sign in to account acme-prod (111122223333) first.');
    const other = blocked({ id: '2', account: '222233334444' });
    expect(text(blocked(), other)).toContain('Sign in to the account of the line first.');
    expect(text(unreachable())).not.toContain('Sign in to');
  });

  it('is left out where its address is longer than Slack takes', () => {
    const outcome = blocked({ user: '界'.repeat(400) });
    expect(buttonsOf(slackMessage(outcome, context)).map(({ action_id }) => action_id)).toEqual([
      'runbook-user-blocked',
    ]);
  });
});

it('a button is its text and its address in a terminal', () => {
  const look = { width: 200, bold: String, dim: String };
  expect(inTerminal(slackMessage(blocked(), context), look)).toContain(
    `Open the runbook (${context.runbookUrl}#user-blocked)\nOpen the user (https://console.aws.amazon.com/`,
  );
});
