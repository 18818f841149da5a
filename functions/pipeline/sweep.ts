import type { IAMClient } from '@aws-sdk/client-iam';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Outcome, SweepTotals } from '../../events/outcome.ts';
import type { ReviewRequest } from '../../events/review-request.ts';
import type { Settings } from '../domain/settings.ts';
import { addToTotals, noTotals } from '../domain/totals.ts';
import { sendMessages } from '../io/send-messages.ts';
import { examine } from './examine.ts';
import { surveyUsers } from './survey.ts';

export interface Sweeper {
  readonly iam: IAMClient;
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly settings: Settings;
  readonly now: () => Date;
}

type SweepFinished = Extract<Outcome, { kind: 'sweep-finished' }>;
type Difference = SweepFinished['differing'][number];

// A summary names this many users, and counts the rest: an event holds 256 KB.
const NAMED_AT_MOST = 100;

/**
 * Reads the account in bulk and sends everyone who differs from what they should be to review. It never acts
 * on its own reading: the review reads again. In observe mode nothing is sent; the summary is the news.
 * @param sweepId names this sweep in its requests and its summary
 * @returns the summary to publish
 * @throws whatever a failed read throws: a sweep that could not see everyone does not say it has
 */
export async function sweep(sweeper: Sweeper, sweepId: string): Promise<SweepFinished> {
  const startedAt = sweeper.now().toISOString();
  let totals: SweepTotals = noTotals;
  const differing: Difference[] = [];

  const { iam, settings } = sweeper;
  const everyone = surveyUsers(iam, settings, (known) => examine(iam, settings, known));
  for await (const { facts, decision } of everyone) {
    totals = addToTotals(totals, decision);
    if (decision.action === 'none') continue;
    differing.push({ user: facts.user, action: decision.action, reasons: [...decision.reasons] });
  }
  if (settings.mode === 'enforce') {
    const { account } = settings;
    const request = ({ user }: Difference): ReviewRequest => ({
      schema: 'mfa-enforcer/review-request/1',
      account,
      user,
      cause: { kind: 'sweep', sweepId, startedAt },
    });
    const bodies = differing.map((difference) => JSON.stringify(request(difference)));
    await sendMessages(sweeper.sqs, sweeper.queueUrl, bodies);
  }
  return {
    kind: 'sweep-finished',
    version: 1,
    id: `sweep-finished/${settings.account}/${sweepId}`,
    account: settings.account,
    at: sweeper.now().toISOString(),
    mode: settings.mode,
    sweepId,
    startedAt,
    totals,
    differences: differing.length,
    differing: differing.slice(0, NAMED_AT_MOST),
  };
}
