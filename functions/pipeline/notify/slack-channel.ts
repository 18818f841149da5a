import type { SSMClient } from '@aws-sdk/client-ssm';
import { stateKeys } from '../../../events/state-keys.ts';
import { checkWebhook } from '../../domain/notify/webhook.ts';
import { postToSlack } from '../../io/slack.ts';
import { getParameter } from '../../io/ssm.ts';
import type { MessageContext } from '../../render/slack/format.ts';
import type { SlackConfig } from '../../runtime/config.ts';
import type { Channel, NotifyDeps } from './channel.ts';
import {
  emptyHistory,
  readHistory,
  recordSeen,
  recordSent,
  type SlackHistory,
} from './slack-history.ts';
import { composeAlone, composePosts, type SlackPost } from './slack-posts.ts';

/** The dependencies of notify-slack. */
export interface SlackDeps extends NotifyDeps {
  readonly ssm: SSMClient;
  readonly config: SlackConfig;
  readonly context: MessageContext;
}

// A webhook takes about one message a second (docs.slack.dev, "Rate limits").
const PACE_MS = 1_100;

/** Posts outcomes to Slack's incoming webhook. Alerts do not wait for the state table. */
export function slackChannel(deps: SlackDeps): Channel<SlackHistory, SlackPost> {
  const { config, context, now } = deps;
  return {
    name: 'Slack',
    sendLock: stateKeys.slackSendLock(),
    paceMs: PACE_MS,
    readHistory: (deliveries) => readHistory(deps, deliveries),
    emptyHistory,
    recordSeen: (history) => recordSeen(deps, history),
    open: async (history) => {
      const webhook = checkWebhook(
        // The webhook is read each time, so that a new one is used at once. Parameter Store allows 40 reads a second.
        await getParameter(deps.ssm, config.webhookParameter),
        config.allowLoopback,
      );
      return {
        posts: composePosts(history, context),
        apart: ({ deliveries }) => composeAlone(deliveries, history, context),
        send: ({ message }) => postToSlack(webhook, message, now),
      };
    },
    recordSent: ({ deliveries }) => recordSent(deps, deliveries),
  };
}
