import type { Outcome } from '../../../events/outcome.ts';
import { userUrl } from '../console-links.ts';
import { context, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { code, plain, prose } from './text.ts';
import { type Around, accountName, link, smallPrint, userFields } from './words.ts';

type CouldNotEnforce = Extract<Outcome, { kind: 'could-not-enforce' }>;

/** Tells that IAM refused a hold or a release, and what a person can do. */
export function couldNotEnforce(outcome: CouldNotEnforce, around: Around): SlackMessage {
  const what = `${plain(outcome.user)} ${couldNotVerb(outcome)}`;
  const { why } = outcome;
  const open = link(userUrl(around.partition, outcome.user), 'open the user');
  return message(`${what} (account ${accountName(outcome)}): ${prose(why.text)}.`, [
    header(`❌ ${what}`),
    fields({ ...userFields(outcome), Problem: `${prose(why.text)} (${code(why.code)})` }),
    section(`*What to do*  ${remedies[why.code] ?? fallback} (${open})`),
    section(
      '*What happens next*  Every sweep tries again. Until then nothing changes for the user.',
    ),
    context(...smallPrint(outcome, around)),
  ]);
}

/** What could not be done: continues the user's name. */
export function couldNotVerb({ reasons }: CouldNotEnforce): string {
  return reasons.some(({ code: one }) => one === 'no-mfa')
    ? 'could not be blocked and is unprotected'
    : 'could not be let go and is blocked';
}

const remedies: Readonly<Record<string, string>> = {
  'no-room': 'Make room: detach a managed policy, or take the user out of a group.',
  'no-policy': 'Deploy the stack again: it makes the policy.',
  AccessDenied:
    'Look for what denies it to the enforcer’s role: an SCP, a boundary on the role, or the break-glass tag.',
};
const fallback = 'Clear what is in the way, or have the user enrol an MFA device.';
