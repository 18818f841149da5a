import { isByCloudFormation } from '../../../events/cause.ts';
import type { Outcome } from '../../../events/outcome.ts';
import { tamperingById } from '../../../events/tampering.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { fixLines, fixOf } from './fix.ts';
import {
  causeOf,
  formatAccount,
  formatDelay,
  type MessageContext,
  smallPrint,
  whenOf,
} from './format.ts';
import { code } from './text.ts';

type TamperingSeen = Extract<Outcome, { kind: 'tampering-seen' }>;

/** Says that the enforcer itself was tampered with. */
export function tamperingSeen(outcome: TamperingSeen, context: MessageContext): SlackMessage {
  const sentence = tamperingSentence(outcome);
  const fix = fixOf(outcome, context);
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
    fix === null
      ? section(
          '*What to do*  In a checkout of this project, `node dist/cli/index.mjs doctor` names what differs from what was ' +
            'deployed, and the command that fixes it. A deployment of the same template does not put it back.',
        )
      : section(...fixLines(fix, outcome.account)),
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
    'Ask whether somebody is deploying the enforcer: a deployment does this. If not, it is tampering, and users may be ' +
    'unprotected until it is undone.',
} as const;

const byCloudFormation = {
  ...deployed,
  first:
    'Ask whether somebody is deploying the enforcer: a deployment does this. If not, another stack was used for ' +
    'tampering. CloudFormation’s further calls within half an hour are only in the log of on-iam-change.',
} as const;

/** How an alert begins: a deployment of one's own must not look like an attack, nor an attack like a deployment. */
export function describeTampering({ what, cause }: TamperingSeen) {
  if (isByCloudFormation(cause)) return byCloudFormation;
  const isDeployment = ['cloudformation:CreateChangeSet', 'cloudformation:UpdateStack'].includes(
    what,
  );
  return isDeployment ? deployed : tampered;
}

/** What was done, in words of the table, and the name of what it was done to. */
export function tamperingSentence({ what, resource }: TamperingSeen): string {
  const text = tamperingById(what)?.text ?? what;
  return resource === null ? text : `${text} (${code(resource)})`;
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
