import type { Outcome } from '../../../events/outcome.ts';
import { tamperingById } from '../../../events/tampering.ts';
import { documentOptions, policyCommands } from '../../domain/rules/blocking-policies.ts';
import type { MessageContext } from './format.ts';

type PolicyChanged = Extract<Outcome, { kind: 'policy-changed' }>;
type TamperingSeen = Extract<Outcome, { kind: 'tampering-seen' }>;

// A shell reads such a text as one word, and no program reads it as an option.
export const PLAIN_WORD = /^[\w+=,.@:/][\w+=,.@:/-]*$/;
// Neither policy of the enforcer has a path.
const POLICY_ARN = /^arn:aws[a-z-]*:iam::(\d{12}):policy\/[\w+=,.@-]{1,128}$/;

/**
 * The command that undoes what an outcome reports, or null where there is none. An event never carries a command: it is
 * built here, and a name of an event becomes a part of it only where it is a plain word.
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
  // The boundary is named after the PolicyName.
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
 * @param account the account to run it in, 12 digits
 */
export function fixLines(command: string, account: string): string[] {
  return [
    `*What to do*  Run with credentials of account ${account}${command.includes('dist/cli') ? ', in a checkout of this project' : ''}:`,
    // Slack's three control characters.
    `\`\`\`${command.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}\`\`\``,
    ...(command.includes('create-policy-version')
      ? [
          'If the policy has five versions already, first run `aws iam delete-policy-version` on one that is not the default.',
        ]
      : []),
  ];
}
