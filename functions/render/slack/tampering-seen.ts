import { isByCloudFormation } from '../../../events/cause.ts';
import type { OutcomeOf } from '../../../events/outcome.ts';
import { tamperingById } from '../../../events/tampering.ts';
import { documentOptions } from '../../domain/rules/blocking-policies.ts';
import { resourceUrl } from '../console-links.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { buttonsOf, type ConsolePage } from './buttons.ts';
import {
  causeOf,
  fixLines,
  formatAccount,
  formatDelay,
  type MessageContext,
  PLAIN_WORD,
  smallPrint,
  whenOf,
} from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { capital, code } from './text.ts';

type TamperingSeen = OutcomeOf<'tampering-seen'>;

/** Says that the enforcer itself was tampered with. */
export const tamperingSeen: SlackKind<TamperingSeen> = {
  message: compose,
  digest: {
    counted: { one: 'tampered with', many: 'tampered with' },
    isOwnAction: false,
    urgency: () => 0,
    title: (outcome) => {
      const { emoji, title } = describeTampering(outcome);
      return `${emoji} *${title}*: ${tamperingSentence(outcome)}`;
    },
    fix,
  },
};

function compose(outcome: TamperingSeen, context: MessageContext): SlackMessage {
  const sentence = tamperingSentence(outcome);
  const command = fix(outcome, context);
  const { emoji, title, first } = describeTampering(outcome);
  return message(`${title} in account ${formatAccount(outcome)}: ${sentence}.`, [
    header(`${emoji} ${title}`),
    section(formatDelay(outcome, context), `${capital(sentence)}.`),
    fields({
      Account: formatAccount(outcome),
      'What happened': causeOf(outcome.cause),
      When: whenOf(outcome.cause),
    }),
    section(`*First*  ${first}`),
    command === null
      ? section(
          '*What to do*  Run `mfa-enforcer doctor`. It shows each difference from ' +
            'the deployment and the command that fixes it. Deploying the same template again does not fix it.',
        )
      : section(...fixLines(command, outcome.account)),
    ...buttonsOf(outcome, context, page(outcome, context)),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}

const tampered = {
  emoji: '🚨',
  title: 'MFA enforcer was tampered with',
  first: 'Ask whether this was intended. Until it is undone, users may be unprotected.',
} as const;

const deployed = {
  emoji: '🛠️',
  title: 'MFA enforcer was changed',
  first:
    'Ask whether the enforcer is being deployed: a deployment makes this call. If not, this is tampering, and users may be ' +
    'unprotected until it is undone.',
} as const;

const byCloudFormation = {
  ...deployed,
  first:
    'Ask whether the enforcer is being deployed: a deployment makes this call. If not, another stack was used for ' +
    'tampering. CloudFormation’s further calls within half an hour are only in the log of on-iam-change.',
} as const;

/** How an alert begins. A deployment must not look like an attack, and an attack must not look like a deployment. */
function describeTampering({ what, cause }: TamperingSeen) {
  if (isByCloudFormation(cause)) return byCloudFormation;
  const isDeployment = ['cloudformation:CreateChangeSet', 'cloudformation:UpdateStack'].includes(
    what,
  );
  return isDeployment ? deployed : tampered;
}

/** Where the console shows what was touched; null where the call or its resource is not known. */
function page(
  { what, resource }: TamperingSeen,
  { partition }: MessageContext,
): ConsolePage | null {
  const kind = tamperingById(what)?.kind;
  if (kind === undefined || resource === null) return null;
  return { text: 'Open it in the console', url: resourceUrl(partition, kind, resource) };
}

/** What was done, as the table of calls says it, and the name of the resource. */
function tamperingSentence({ what, resource }: TamperingSeen): string {
  const text = tamperingById(what)?.text ?? what;
  return resource === null ? text : `${text} (${code(resource)})`;
}

/** The table's command, or null. The resource's name becomes a part of it only where it is a plain word. */
function fix(
  { what, resource }: TamperingSeen,
  { partition, enrolWith }: MessageContext,
): string | null {
  const command = tamperingById(what)?.fix ?? null;
  if (command === null || resource === null || !PLAIN_WORD.test(resource)) return null;
  return command
    .replaceAll('OPTIONS', documentOptions(partition, enrolWith))
    .replaceAll('NAME', resource);
}
