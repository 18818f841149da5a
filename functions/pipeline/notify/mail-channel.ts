import type { SESv2Client } from '@aws-sdk/client-sesv2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Outcome } from '../../../events/outcome.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import type { Posted } from '../../domain/notify/posted.ts';
import { sendMail } from '../../io/ses.ts';
import { readParameter } from '../../io/ssm.ts';
import { composeMail } from '../../render/mail/mail.ts';
import { type MailText, parseMailText } from '../../render/mail/mail-text.ts';
import type { MailConfig } from '../../runtime/config.ts';
import { defaultMailText } from '../../runtime/default-mail-text.ts';
import type { Channel, NotifyDeps, Post } from './channel.ts';
import {
  type DueMail,
  type MailHistory,
  readHistory,
  recordSeen,
  recordSent,
} from './mail-history.ts';

/** The dependencies of notify-user. */
export interface MailDeps extends NotifyDeps {
  readonly ses: SESv2Client;
  readonly ssm: SSMClient;
  readonly config: MailConfig;
}

/** The mails of one outcome. */
interface MailPost extends Post {
  readonly outcome: Outcome;
  readonly mails: readonly DueMail[];
}

// SES's lowest rate outside the sandbox is 14 mails a second (SES Developer Guide, "Service quotas"). Sooner, SES answers 429.
const PACE_MS = 100;

/** Sends mails to users by SES. A mail waits for the state table, because a second one would be worse than a late one. */
export function mailChannel(deps: MailDeps): Channel<MailHistory, MailPost> {
  return {
    name: 'SES',
    sendLock: stateKeys.mailSendLock(),
    paceMs: PACE_MS,
    readHistory: (deliveries) => readHistory(deps, deliveries),
    emptyHistory: null,
    recordSeen: (history) => recordSeen(deps, history),
    open: async ({ toSend, due }) => {
      const text = await readMailText(deps);
      return {
        posts: toSend.map((delivery) => ({
          outcome: delivery.outcome,
          deliveries: [delivery],
          mails: due.get(delivery.outcome.id) ?? [],
        })),
        apart: (post) => [post],
        send: (post, hasTime) => sendEach(deps, text, post, hasTime),
      };
    },
    // Each mail is recorded as soon as SES has it.
    recordSent: async () => undefined,
  };
}

/**
 * Sends the mails of one outcome. One that SES refuses stops none of the others.
 * @returns refused where SES refused any of them; the mails that were sent are not sent again
 */
async function sendEach(
  deps: MailDeps,
  text: MailText,
  { outcome, mails }: MailPost,
  hasTime: () => boolean,
): Promise<Posted> {
  let refused: Posted | null = null;
  for (const [index, mail] of mails.entries()) {
    if (index > 0) {
      if (!hasTime()) return { kind: 'wait', seconds: 1, why: 'no time left in this invocation' };
      await deps.sleep(PACE_MS);
    }
    const sent = await sendMail(deps.ses, outgoing(deps.config, text, outcome, mail));
    if (sent.kind === 'refused') refused = sent;
    else if (sent.kind !== 'taken') return sent;
    else await recordSent(deps, mail, outcome.id);
  }
  return refused ?? { kind: 'taken' };
}

function outgoing(
  { from, partition, enrolWith, unblock, helpContact }: MailConfig,
  text: MailText,
  { account, accountName, alias, id }: Outcome,
  { to, user, content }: DueMail,
) {
  const accountLabel = accountName ?? alias;
  const deployment = { partition, enrolWith, unblock, helpContact, from };
  const context = { user, account, accountLabel, outcomeId: id, ...deployment };
  return { from, to, ...composeMail(text, content, context) };
}

/** The company's own text, or the release's. It is read each time, so that a new one is used at once. */
async function readMailText({ ssm, config, log }: MailDeps): Promise<MailText> {
  const own = await readParameter(ssm, config.textParameter);
  if (own !== null) {
    try {
      return parseMailText(own.value);
    } catch (error) {
      // `deploy` refuses such a text, so another tool has stored it. The user must get a mail nevertheless.
      log.error('the text of the mails is invalid: the release’s text is used', {
        parameter: config.textParameter,
        error: error as Error,
      });
    }
  }
  return parseMailText(defaultMailText);
}
