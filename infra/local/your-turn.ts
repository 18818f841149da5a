import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalAws } from './local-aws.ts';
import { heading, logLine, say, slackLayout } from './screen.ts';
import { loggedReviews } from './watch.ts';

const LOOK_EVERY_MS = 200;

/**
 * Commands for another terminal. They work in this order. A profile would come before exported keys, and a proxy cannot
 * reach loopback.
 */
export function howToDrive({ trail }: LocalAws): string {
  return `${heading('Your turn, until Ctrl-C. In another terminal, in this folder:')}

  export AWS_ENDPOINT_URL=${trail.endpoint} AWS_DEFAULT_REGION=us-east-1
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local NO_PROXY=127.0.0.1
  unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN
  alias mfa-enforcer="node $PWD/dist/cli/index.mjs"

  aws iam create-user --user-name frank
  aws iam list-attached-user-policies --user-name frank
  mfa-enforcer explain frank
  aws iam tag-user --user-name frank --tags Key=userType,Value=Service
  mfa-enforcer report
  mfa-enforcer plan
  mfa-enforcer doctor
${heading('Reviews and Slack messages, as they come')}`;
}

/** Prints each review and each Slack message that comes, until the process ends. */
export async function followLive(aws: LocalAws): Promise<never> {
  let reviews = loggedReviews(aws).length;
  let messages = aws.slack.messages.length;
  for (;;) {
    for (const { timestamp, user, action, reasons, cause } of loggedReviews(aws).slice(reviews)) {
      reviews += 1;
      const what = `${cause.eventName ?? 'Sweep'}: ${user} ${actions[action]}`;
      say(logLine(new Date(timestamp), what, reasons.map(({ text }) => text).join(', ')));
    }
    for (const message of aws.slack.messages.slice(messages)) {
      messages += 1;
      say(`${logLine(new Date(), 'Slack', '')}\n${slackLayout(message)}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

const actions = {
  block: 'is blocked',
  unblock: 'is unblocked',
  none: 'needs no change',
} as const;
