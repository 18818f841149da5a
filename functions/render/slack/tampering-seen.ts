import { isByCloudFormation } from '../../../events/cause.ts';
import type { Outcome } from '../../../events/outcome.ts';
import { tamperingById } from '../../../events/tampering.ts';
import { context, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { fixLines, fixOf } from './fix.ts';
import { code } from './text.ts';
import { type Around, accountWords, causeOf, lateWords, smallPrint, whenOf } from './words.ts';

type TamperingSeen = Extract<Outcome, { kind: 'tampering-seen' }>;

/** Says that the enforcer itself was tampered with. */
export function tamperingSeen(outcome: TamperingSeen, around: Around): SlackMessage {
  const sentence = tamperingSentence(outcome);
  const fix = fixOf(outcome, around);
  const { emoji, title, first } = tamperingWords(outcome);
  return message(`${title} in account ${accountWords(outcome)}: ${sentence}.`, [
    header(`${emoji} ${title}`),
    section(lateWords(outcome, around), `${capital(sentence)}.`),
    fields({
      Account: accountWords(outcome),
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
    context(...smallPrint(outcome, around)),
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
export function tamperingWords({ what, cause }: TamperingSeen) {
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
