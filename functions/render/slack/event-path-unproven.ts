import type { OutcomeOf } from '../../../events/outcome.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { buttonsOf } from './buttons.ts';
import {
  formatAccount,
  formatDelay,
  type MessageContext,
  reasonsOf,
  smallPrint,
} from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { amount, amountOf, localTime, prose, shorten } from './text.ts';

type EventPathUnproven = OutcomeOf<'event-path-unproven'>;
type Path = EventPathUnproven['paths'][number];

/** Says that a probe did not come back as an event: changes in the account may go unseen until the next sweep. */
export const eventPathUnproven: SlackKind<EventPathUnproven> = {
  message: compose,
  // It sums up many accounts.
  digest: null,
};

/** A section has room for 3,000 characters. */
const LINES = 10;

function compose(outcome: EventPathUnproven, context: MessageContext): SlackMessage {
  const { paths, total, account: hub } = outcome;
  const silent = paths.filter(({ state }) => state === 'unproven');
  const refused = paths.filter(({ state }) => state === 'not-probed');
  const [only] = paths;
  const whose =
    total === 1 && only ? `account ${accountOf(only, outcome)}` : amountOf(total, 'account');
  const what =
    silent.length > 0
      ? `IAM events do not arrive from ${whose}`
      : `The event path of ${whose} could not be probed`;
  return message(`${what}.`, [
    header(
      `🔇 ${silent.length > 0 ? 'IAM events do not arrive' : 'The event path could not be probed'}`,
    ),
    section(formatDelay(outcome, context)),
    fields({
      [total === 1 ? 'Account' : 'Accounts']:
        total === 1 && only ? accountOf(only, outcome) : amount(total),
      ...(total === 1 && only ? { Since: localTime(only.since), Sweeps: amount(only.sweeps) } : {}),
    }),
    section(...(silent.length > 0 ? listed('Silent', silent, outcome) : [])),
    section(...(refused.length > 0 ? listed('Not probed', refused, outcome) : [])),
    section(
      total > paths.length
        ? `${amountOf(total - paths.length, 'more account')}, not named here.`
        : '',
    ),
    section(
      silent.length > 0
        ? '*What it means*  The sweep tagged the ForceMFA policy, and CloudTrail’s event did not reach on-iam-change in time. ' +
            'A user who loses the last device now is found by the next sweep only.'
        : '*What it means*  The sweep could not tag the ForceMFA policy, so nothing is known about the event path. The sweep ' +
            'itself went on.',
    ),
    section('*What to do*', ...steps(silent, refused, hub)),
    section(
      '*What happens next*  Every sweep probes again. Sent once, then weekly while it lasts, and once when the event path ' +
        'works again.',
    ),
    ...buttonsOf(outcome, context, null),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}

function accountOf(path: Path, outcome: EventPathUnproven): string {
  return formatAccount(path.account === outcome.account ? outcome : path);
}

function listed(title: string, paths: readonly Path[], outcome: EventPathUnproven): string[] {
  const lines = paths.slice(0, LINES).map((path) => {
    const why = path.state === 'unproven' ? 'likely causes' : 'reason';
    return `• ${accountOf(path, outcome)}, since ${localTime(path.since)}; ${why}: ${shorten(reasonsOf(path.reasons), 200)}`;
  });
  const more = paths.length - lines.length;
  return [`*${title}*`, ...lines, more > 0 ? `• ${amountOf(more, 'more account')}` : ''];
}

/** The commands that tell the causes apart, in the order of the path. */
function steps(silent: readonly Path[], refused: readonly Path[], hub: string): string[] {
  const spoke = silent.find(({ account }) => account !== hub)?.account;
  const all = [
    ...(silent.length > 0
      ? [
          `Run \`mfa-enforcer doctor --probe\` in account ${prose(hub)}, where the enforcer is: it probes again now, and names the first stage that the event does not reach, with its fix.`,
        ]
      : []),
    ...(spoke === undefined
      ? []
      : [
          `With credentials of a silent account: \`aws cloudtrail describe-trails\` and \`aws cloudtrail get-trail-status --name TRAIL\` (the trail), ` +
            '`aws events describe-rule --name POLICY-policy-changes` and `aws events list-targets-by-rule --rule POLICY-policy-changes` ' +
            '(the forwarding rule; POLICY is the parameter `PolicyName`).',
          'In the hub’s account: `aws events describe-event-bus --name STACK-hub` shows the policy of the bus. ' +
            '`mfa-enforcer organization status` shows whether the spoke is deployed.',
        ]),
    ...(refused.length > 0
      ? [
          'Not probed: deploy the spoke again (`mfa-enforcer organization deploy`), or the stack (`mfa-enforcer deploy`). ' +
            'If an SCP denies `iam:TagPolicy`, allow it for the role in the message, or set `Probe` to `off`.',
        ]
      : []),
  ];
  return all.length > 1 ? all.map((line, index) => `${index + 1}. ${line}`) : all;
}
