/** A dead-letter queue. Logical ids of the template. */
export interface FailedMessages {
  readonly id: string;
  /** What a message in it means. */
  readonly means: string;
  /** The function whose log says why; null where EventBridge could not deliver. */
  readonly functionId: string | null;
  /** The queue that its messages are for; null where they are no messages, but notes that something failed. */
  readonly sourceQueue: string | null;
}

/** Every dead-letter queue. What EventBridge leaves in one is the event as its rule would have delivered it. */
export const failedMessages: readonly FailedMessages[] = [
  {
    id: 'IamChangesFailed',
    means: 'IAM changes that could not be reviewed',
    functionId: 'OnIamChangeLambdaFunction',
    sourceQueue: 'IamChangesQueue',
  },
  {
    id: 'IamChangesUndelivered',
    means: 'IAM changes that EventBridge could not bring to their queue',
    functionId: null,
    sourceQueue: 'IamChangesQueue',
  },
  {
    id: 'SweepsFailed',
    means: 'sweeps that failed',
    functionId: 'NightlySweepLambdaFunction',
    sourceQueue: null,
  },
  {
    id: 'OutcomesFailed',
    means: 'outcomes that were not sent to Slack',
    functionId: 'NotifySlackLambdaFunction',
    sourceQueue: 'OutcomesQueue',
  },
  {
    id: 'OutcomesUndelivered',
    means: 'outcomes that EventBridge could not bring to their queue',
    functionId: null,
    sourceQueue: 'OutcomesQueue',
  },
];
