import {
  GetAccountCommand,
  GetEmailIdentityCommand,
  NotFoundException,
  type SESv2Client,
  SendEmailCommand,
} from '@aws-sdk/client-sesv2';
import type { Posted } from '../domain/notify/posted.ts';
import { needs } from './needs.ts';

/** One mail to one address. */
export interface OutgoingMail {
  /** A plain address, without a display name. */
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

// SES says "try later" of its rate by a 429, and of its daily quota too ("Daily message quota exceeded").
const RATE_PAUSE_SECONDS = 5;
const QUOTA_PAUSE_SECONDS = 15 * 60;

/** SES's errors about this mail. No other mail of the batch is concerned, and another try of this one cannot succeed. */
const ABOUT_THE_MAIL: ReadonlySet<string> = new Set(['BadRequestException', 'MessageRejected']);

/**
 * Sends one mail. SES makes the message of subject and bodies, so that none of them can add a header (SES API v2, SendEmail,
 * Content.Simple).
 * The call is made once: SES has no key that would recognise a second try, so the queue decides when there is one.
 * @returns what SES answered, without addresses
 */
export const sendMail = needs(
  ['ses:SendEmail'],
  async (ses: SESv2Client, { from, to, subject, text, html }: OutgoingMail): Promise<Posted> => {
    // SES would refuse or encode them. A header with a line break must not depend on that.
    if ([from, to, subject].some((one) => /\p{Cc}/u.test(one))) {
      return { kind: 'refused', problem: 'a control character in an address or the subject' };
    }
    const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });
    try {
      await ses.send(
        new SendEmailCommand({
          FromEmailAddress: from,
          Destination: { ToAddresses: [to] },
          Content: {
            Simple: { Subject: utf8(subject), Body: { Text: utf8(text), Html: utf8(html) } },
          },
        }),
      );
      return { kind: 'taken' };
    } catch (error) {
      return answerOf(error as Error);
    }
  },
);

function answerOf(error: Error): Posted {
  const { name, message } = error;
  const problem = `${name} (${withoutAddresses(message)})`;
  if (ABOUT_THE_MAIL.has(name)) return { kind: 'refused', problem };
  const isQuota = name === 'LimitExceededException' || /daily/i.test(message);
  if (name === 'TooManyRequestsException' || name === 'LimitExceededException') {
    const seconds = isQuota ? QUOTA_PAUSE_SECONDS : RATE_PAUSE_SECONDS;
    return { kind: 'wait', seconds, why: `SES is busy (${name})` };
  }
  // A right, an identity or the account's sending has to be repaired, or SES fails: the other mails wait too.
  return { kind: 'try-again', problem, reached: false };
}

const SAID_AT_MOST = 200;

/** SES's message in one line: it may contain the user's address ("Email address is not verified"). */
function withoutAddresses(message: string): string {
  const safe = message
    .replaceAll(/\S*@\S*/g, '[address]')
    .replaceAll(/[\s\p{C}]+/gu, ' ')
    .trim();
  return safe.length > SAID_AT_MOST ? `${safe.slice(0, SAID_AT_MOST)}…` : safe;
}

/** What SES knows of a sender's identity; null where there is none. @param identity an address or a domain */
export const getMailIdentity = needs(
  ['ses:GetEmailIdentity'],
  async (ses: SESv2Client, identity: string): Promise<{ readonly isVerified: boolean } | null> => {
    try {
      const found = await ses.send(new GetEmailIdentityCommand({ EmailIdentity: identity }));
      return { isVerified: found.VerifiedForSendingStatus === true };
    } catch (error) {
      if (error instanceof NotFoundException) return null;
      throw error;
    }
  },
);

/** Whether the account may send, and to any address: in the sandbox only to verified ones (SES Developer Guide, "Production access"). */
export const getMailAccount = needs(['ses:GetAccount'], async (ses: SESv2Client) => {
  const account = await ses.send(new GetAccountCommand({}));
  return {
    isSending: account.SendingEnabled === true,
    isSandbox: account.ProductionAccessEnabled !== true,
  };
});
