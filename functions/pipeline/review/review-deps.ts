import type { IAMClient } from '@aws-sdk/client-iam';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { HubNames } from '../../domain/deployment/own-resources.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import type { Log } from '../../runtime/log.ts';
import type { Measure } from '../measure.ts';
import type { Publisher } from '../publish.ts';
import type { RateLimited } from '../rate-limited.ts';
import type { StateStore } from '../state-store.ts';
import type { AccountThrottle } from './account-throttle.ts';
import type { Deadline } from './deadline.ts';
import type { Enforcer } from './enforcer.ts';

/** The dependencies of the review of a user, in a function or in a command. */
export interface ReviewDeps {
  /** A client of the user's account. */
  readonly iam: IAMClient;
  readonly settings: Settings;
  readonly enforcer: Enforcer;
  /** The action logs and block reservations. */
  readonly stateStore: StateStore;
  /** Publishes the outcomes of reviews. A command publishes nothing. */
  readonly publish: Publisher['publish'];
  readonly now: () => Date;
  readonly log: Log;
}

/** The dependencies of on-iam-change for one account. */
export interface BatchDeps extends ReviewDeps, Publisher {
  readonly sqs: SQSClient;
  /** The queue of IAM changes. */
  readonly queueUrl: string;
  /** The queue of sweeps, for the check of an event path after a late proof. */
  readonly sweepsQueueUrl: string;
  readonly hub: HubNames;
  /** The role of nightly-sweep, which probes the event path of the hub's own account. */
  readonly sweepRoleArn: string;
  /** Shared by all accounts: one report per half hour, not one per message. */
  readonly rateLimited: RateLimited;
  readonly measure: Measure;
  /** Starts the deadline of a batch, for all its steps: a slow account must not fail the messages of others. */
  readonly deadline: () => Deadline;
  /** Limits an account's part of a batch; null for a deployment with one account. */
  readonly accountThrottle: AccountThrottle | null;
  /** From 0 up to 1. */
  readonly random: () => number;
}
