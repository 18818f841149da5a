import type { Cause } from '../../events/cause.ts';
import type { Outcome } from '../../events/outcome.ts';

/** What is posted to a webhook. */
export interface SlackMessage {
  readonly text: string;
}

/**
 * One outcome as a Slack message.
 * @returns the message, or null where there is nothing to tell: a sweep that found everything as it should be
 */
export function slackMessage(outcome: Outcome): SlackMessage | null {
  const text = sentence(outcome);
  return text === null ? null : { text };
}

function sentence(outcome: Outcome): string | null {
  const would = outcome.mode === 'observe';
  switch (outcome.kind) {
    case 'user-held':
      return lines(
        `:lock: ${userAt(outcome)} ${would ? 'would be' : 'is now'} blocked until MFA is set up`,
        `Why: ${reasons(outcome.reasons)}.`,
        causeLine(outcome.cause),
        would
          ? 'Observe mode: nothing was changed.'
          : 'What to do: sign in, open *Security credentials*, choose *Assign MFA device*, then sign in again with it.',
      );
    case 'user-released':
      return lines(
        `:unlock: ${userAt(outcome)} ${would ? 'would be' : 'is'} no longer blocked`,
        `Why: ${reasons(outcome.reasons)}.`,
        causeLine(outcome.cause),
        would ? 'Observe mode: nothing was changed.' : '',
      );
    case 'exemption-seen':
      return lines(
        `${outcome.bySelf ? ':rotating_light:' : ':label:'} ${userAt(outcome)} ${exemptionChanges[outcome.change]}${outcome.bySelf ? ', by their own hand' : ''}`,
        `Now: ${reasons(outcome.reasons)}.`,
        causeLine(outcome.cause),
      );
    case 'could-not-enforce':
      return lines(
        `:x: ${userAt(outcome)} could not be ${outcome.reasons.some(({ code }) => code === 'no-mfa') ? 'blocked: the user is unprotected' : 'released'}`,
        `Problem: ${escapeSlack(outcome.why.text)} (${escapeSlack(outcome.why.code)}).`,
        `Why it should be: ${reasons(outcome.reasons)}.`,
        causeLine(outcome.cause),
      );
    case 'policy-changed':
      return lines(
        `:rotating_light: Somebody changed the policy ${escapeSlack(outcome.policyArn)}: ${policyStates[outcome.state]}`,
        causeLine(outcome.cause),
        outcome.mend ? `What to do: ${escapeSlack(outcome.mend)}` : '',
      );
    case 'tampering-seen':
      return lines(
        `:rotating_light: Somebody ${escapeSlack(outcome.what)} in account ${outcome.account}`,
        causeLine(outcome.cause),
        'What to do: ask whether this was meant. If not, deploy the stack again.',
      );
    case 'breaker-open':
      return lines(
        `:rotating_light: Too many users would be blocked in account ${outcome.account}: stopped`,
        `${escapeSlack(outcome.why)}.`,
        `Not blocked: ${someNames(outcome.users, outcome.total)}.`,
      );
    case 'sweep-finished': {
      if (outcome.differences === 0 && outcome.endingExemptions.length === 0) return null;
      const { users, protected: safe, held, exposed, exempt, outOfScope } = outcome.totals;
      const found = outcome.differences === 1 ? 'user' : 'users';
      const names = outcome.differing.map(({ user, action }) => `${user} (${action})`);
      const ending = outcome.endingExemptions.map(({ user, until }) => `${user} (${until})`);
      return lines(
        `:broom: The sweep of account ${outcome.account} found ${outcome.differences} ${found} not as they should be`,
        names.length > 0
          ? `${would ? 'Observe mode, nothing was changed' : 'To be reviewed'}: ${someNames(names, outcome.differences)}.`
          : '',
        ending.length > 0 ? `Exemptions that end soon: ${someNames(ending)}.` : '',
        `${users} users: ${safe} with MFA, ${held} blocked, ${exposed} unprotected, ${exempt} exempt, ${outOfScope} out of scope.`,
      );
    }
    default:
      return outcome satisfies never;
  }
}

const exemptionChanges = {
  granted: 'was exempted from MFA',
  changed: 'has a changed exemption from MFA',
  removed: 'is not exempt from MFA any more',
  password: 'is exempt from MFA and has gained a console password',
};

const policyStates = {
  intact: 'it is as it should be',
  restored: 'its good version is the default again',
  changed: 'it is not as deployed, and held users may not be held any more',
  missing: 'it is gone, and nobody can be held',
};

/** Slack's three control characters (docs.slack.dev, "Escaping text"): nothing from outside makes markup. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function userAt({ user, account }: { user: string; account: string }): string {
  return `User *${escapeSlack(user)}* of account ${account}`;
}

function reasons(list: readonly { text: string }[]): string {
  return escapeSlack(list.map(({ text }) => text).join(', '));
}

function causeLine(cause: Cause): string {
  if (cause.kind === 'sweep') return `Found by the sweep of ${clock(cause.startedAt)}.`;
  const from = cause.actor.sourceIp ? ` from ${cause.actor.sourceIp}` : '';
  return escapeSlack(
    `After ${cause.eventName} by ${cause.actor.name}${from} at ${clock(cause.eventTime)}.`,
  );
}

/** "2026-11-22 01:24:02 UTC" of an ISO time. */
function clock(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

const NAMES_AT_MOST = 20;

function someNames(names: readonly string[], total = names.length): string {
  const more = total - Math.min(names.length, NAMES_AT_MOST);
  const shown = names.slice(0, NAMES_AT_MOST).map(escapeSlack).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function lines(...all: string[]): string {
  return all.filter((line) => line !== '').join('\n');
}
