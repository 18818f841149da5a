/** Logical ids of what a deployment always has, as far as the doctor looks at it. A test compares it with the template. */
export const deployedResources: readonly string[] = [
  'UserChangesRule',
  'BlockChangesRule',
  'GroupChangesRule',
  'InlineChangesRule',
  'BoundaryChangesRule',
  'CredentialChangesRule',
  'PolicyChangesRule',
  'TakenNamesRule',
  'RulesTamperedRule',
  'TargetsTamperedRule',
  'QueuesTamperedRule',
  'BusesTamperedRule',
  'FunctionsTamperedRule',
  'MappingsTamperedRule',
  'ResourcesTamperedRule',
  'TrailsTamperedRule',
  'GroupTamperedRule',
  'RolesTamperedRule',
  'SweepScheduleRule',
  'OutcomesToSlackRule',
  'IamChangesQueue',
  'IamChangesFailed',
  'IamChangesUndelivered',
  'SweepsQueue',
  'SweepsFailed',
  'OutcomesQueue',
  'OutcomesFailed',
  'OutcomesUndelivered',
  'UserMailQueue',
  'UserMailFailed',
  'OnIamChangeLambdaFunction',
  'NightlySweepLambdaFunction',
  'NotifySlackLambdaFunction',
  'NotifyUserLambdaFunction',
  'OnIamChangeEventSourceMappingSQSIamChangesQueue',
  'NightlySweepEventSourceMappingSQSSweepsQueue',
  'NotifySlackEventSourceMappingSQSOutcomesQueue',
  'NotifyUserEventSourceMappingSQSUserMailQueue',
  'OnIamChangeRole',
  'NightlySweepRole',
  'NotifySlackRole',
  'NotifyUserRole',
  'ForceMfaPolicy',
  'ForceMfaBoundary',
  'StateTable',
];

/** The same of what a deployment has on top that is the hub of an organization. */
export const hubResources: readonly string[] = ['ForwardedRule', 'ReportRole'];

/** The same of what a deployment has on top with NotifyUsers=email. */
export const mailResources: readonly string[] = ['OutcomesToUsersRule'];

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
  {
    id: 'UserMailFailed',
    means: 'outcomes whose mails users did not get',
    functionId: 'NotifyUserLambdaFunction',
    sourceQueue: 'UserMailQueue',
  },
];
