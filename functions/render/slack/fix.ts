import type { Outcome } from '../../../events/outcome.ts';
import { tamperingById } from '../../../events/tampering.ts';
import { documentOptions, policyCommands } from '../../domain/rules/blocking-policies.ts';
import type { MessageContext } from './format.ts';

type PolicyChanged = Extract<Outcome, { kind: 'policy-changed' }>;
type TamperingSeen = Extract<Outcome, { kind: 'tampering-seen' }>;

// A shell reads it as one plain word, and no program as an option.
export const PLAIN_WORD = /^[\w+=,.@:/][\w+=,.@:/-]*$/;
// Neither of our policies has a path.
const POLICY_ARN = /^arn:aws[a-z-]*:iam::(\d{12}):policy\/[\w+=,.@-]{1,128}$/;

/**
 * The command that undoes what an outcome tells, or null where there is none. It is made here: an event never brings a
 * command, and its names become a part of one only where they are plain words.
 */
export function fixOf(outcome: Outcome, context: MessageContext): string | null {
  if (outcome.kind === 'policy-changed') return policyFix(outcome, context);
  return outcome.kind === 'tampering-seen' ? tamperingFix(outcome, context) : null;
}

function policyFix(
  { policyArn, form, state, account }: PolicyChanged,
  { enrolWith }: MessageContext,
): string | null {
  if (POLICY_ARN.exec(policyArn)?.[1] !== account) return null;
  const { fix, recreate } = policyCommands(policyArn, form, enrolWith);
  // The boundary of a PolicyName is named after it.
  const name = (policyArn.split('/').at(-1) as string).replace(/-boundary$/, '');
  const foreign = `node dist/cli/index.mjs rollback --policy-name=${name}`;
  return { intact: null, restored: null, changed: fix, missing: recreate, foreign }[state];
}

function tamperingFix(
  { what, resource }: TamperingSeen,
  { partition, enrolWith }: MessageContext,
): string | null {
  const fix = tamperingById(what)?.fix ?? null;
  if (fix === null || resource === null || !PLAIN_WORD.test(resource)) return null;
  return fix
    .replaceAll('OPTIONS', documentOptions(partition, enrolWith))
    .replaceAll('NAME', resource);
}

/**
 * The lines that give the command.
 * @param account where it is to be run, 12 digits
 */
export function fixLines(command: string, account: string): string[] {
  return [
    `*What to do*  Run with credentials of account ${account}${command.includes('dist/cli') ? ', in a checkout of this project' : ''}:`,
    // In a message Slack takes these three characters as its own.
    `\`\`\`${command.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}\`\`\``,
    ...(command.includes('create-policy-version')
      ? [
          'Five versions already? First `aws iam delete-policy-version` on one that is not the default.',
        ]
      : []),
  ];
}
