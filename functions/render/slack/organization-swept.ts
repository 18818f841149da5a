import type { Outcome } from '../../../events/outcome.ts';
import { context, header, message, type SlackMessage, section } from './blocks.ts';
import { prose } from './text.ts';
import { type Around, lateWords, smallPrint } from './words.ts';

type OrganizationSwept = Extract<Outcome, { kind: 'organization-swept' }>;

/** Sums up the sweeps of all accounts. */
export function organizationSwept(outcome: OrganizationSwept, around: Around): SlackMessage {
  const { swept, listed } = outcome.accounts;
  const what = `${swept} of ${listed} accounts swept, ${outcome.totals.exposed} users unprotected`;
  return message(`The sweep of organization ${prose(outcome.organization)}: ${what}.`, [
    header(`🧹 Organization: ${what}`),
    section(lateWords(outcome, around)),
    context(...smallPrint(outcome, around)),
  ]);
}
