import * as z from 'zod';
import { EmailAddress } from '../../events/outcome.ts';
import type { HubNames } from '../domain/deployment/own-resources.ts';
import { flagOf } from '../domain/deployment/parameters.ts';
import { parseDomains } from '../domain/notify/email-of.ts';
import { isLoopback } from '../domain/notify/webhook.ts';
import { type ExemptTag, parseExemptTags } from '../domain/rules/exempt-tags.ts';
import { parseExemptUsers } from '../domain/rules/exempt-users.ts';
import {
  iamEventRegions,
  type Partition,
  partitionNames,
  partitionOf,
} from '../domain/rules/partition.ts';
import type { Settings } from '../domain/rules/settings.ts';

/** The configuration is invalid. The message names each setting and its valid values. */
export class BadConfiguration extends Error {
  override readonly name = 'BadConfiguration';
}

type Environment = Readonly<Record<string, string | undefined>>;

const POLICY_ARN = new RegExp(
  String.raw`^arn:(?:${partitionNames.join('|')}):iam::(\d{12}):policy\/.+$`,
);

const region = z.enum(iamEventRegions, {
  error: `must be one of ${iamEventRegions.join(', ')}, the Regions where IAM's events are delivered`,
});

/** At most 30 days. */
const GRACE_HOURS = /^(\d|[1-9]\d|[1-6]\d\d|7[01]\d|720)$/;

/** Lists the valid values: Zod's own message names types. */
function oneOf<const V extends readonly [string, ...string[]]>(...values: V) {
  return z.enum(values, {
    error: `must be ${values.slice(0, -1).join(', ')} or ${values.at(-1)}`,
  });
}

const yesOrNo = oneOf('yes', 'no').transform((answer) => answer === 'yes');

/** A text that a parser of ours reads. The parser's error is the message. */
function readBy<T>(read: (text: string) => T, byDefault: string) {
  return z
    .string()
    .default(byDefault)
    .transform((text, context) => {
      try {
        return read(text);
      } catch (error) {
        context.addIssue((error as Error).message);
        return z.NEVER;
      }
    });
}

const settings = {
  MFA_ENFORCER_MODE: oneOf('enforce', 'observe').default('observe'),
  MFA_ENFORCER_SCOPE: oneOf('all-users', 'console-users', 'no-users').default('all-users'),
  MFA_ENFORCER_UNBLOCK: oneOf('on-enrolment', 'never').default('on-enrolment'),
  MFA_ENFORCER_EXEMPT_TAGS: readBy(parseExemptTags, 'userType:Service'),
  MFA_ENFORCER_EXEMPT_USERS: readBy(parseExemptUsers, ''),
  MFA_ENFORCER_ENROL_WITH: oneOf('console', 'console-and-keys').default('console'),
  MFA_ENFORCER_EXEMPT_PASSWORD: oneOf('keep', 'ends-exemption').default('keep'),
  MFA_ENFORCER_GRACE_HOURS: z
    .string()
    .regex(GRACE_HOURS, 'must be a number of hours, 0 to 720')
    .default('0')
    .transform(Number),
  MFA_ENFORCER_BLOCK_LIMIT: z
    .union(
      [
        z.literal('auto'),
        z
          .string()
          .regex(/^\d{1,4}$/)
          .transform(Number),
      ],
      {
        error: 'must be "auto" or a number of users, 0 to 9999',
      },
    )
    .default('auto'),
  MFA_ENFORCER_POLICY_ARN: z.string().regex(POLICY_ARN, 'must be the ARN of the ForceMFA policy'),
  MFA_ENFORCER_BOUNDARY_ARN: z.string().regex(POLICY_ARN, 'must be the ARN of the boundary policy'),
  MFA_ENFORCER_DENY_GROUP: z.string().min(1),
  MFA_ENFORCER_BOUNDARY_DENY: yesOrNo.default(false),
  MFA_ENFORCER_REPORT_CREDENTIALS: yesOrNo.default(true),
  MFA_ENFORCER_SLACK_MENTIONS: yesOrNo.default(false),
  MFA_ENFORCER_NOTIFY_USERS: oneOf('no', 'email').default('no'),
  // IAM's rule for keys of tags.
  MFA_ENFORCER_NOTIFY_TAG: z
    .string()
    .regex(/^[\w .:/=+@-]{1,128}$/, 'must be the key of a tag')
    .default('email'),
  MFA_ENFORCER_NOTIFY_DOMAINS: readBy(parseDomains, ''),
  MFA_ENFORCER_INLINE_DENY: yesOrNo.default(false),
  MFA_ENFORCER_ORPHAN_DEVICES: oneOf('report', 'delete').default('report'),
};

const ReviewEnvironment = z.object({
  ...settings,
  AWS_REGION: region.describe('the Region; Lambda sets it'),
  MFA_ENFORCER_QUEUE_URL: z.url(),
  MFA_ENFORCER_SWEEPS_QUEUE_URL: z.url(),
  MFA_ENFORCER_OUTCOME_BUS: z.string().min(1),
  MFA_ENFORCER_ROLE: z.string().min(1),
  MFA_ENFORCER_SWEEP_ROLE_ARN: z.string().min(1),
  MFA_ENFORCER_ORGANIZATION: z
    .string()
    .regex(
      /^$|^o-[a-z0-9]{10,32}$/,
      'must be the id of an organization, as in o-a1b2c3d4e5, or empty',
    )
    .default(''),
  MFA_ENFORCER_STATE_TABLE: z.string().min(1),
  MFA_ENFORCER_STACK: z.string().min(1),
  MFA_ENFORCER_SLACK_WEBHOOK_PARAMETER: z.string().min(1),
  MFA_ENFORCER_NOTIFY_TEXT_PARAMETER: z.string().min(1),
});

const SweepEnvironment = ReviewEnvironment.extend({
  MFA_ENFORCER_PROBE: oneOf('nightly', 'off').default('nightly'),
  MFA_ENFORCER_PROBE_MINUTES: z
    .string()
    .regex(/^([5-9]|[1-9]\d|[12]\d\d|3[0-5]\d|360)$/, 'must be a number of minutes, 5 to 360')
    .default('30')
    .transform(Number),
});

export interface ReviewConfig {
  readonly settings: Settings;
  /** The queue of IAM changes. */
  readonly queueUrl: string;
  /** The queue of sweeps, with one message per account. */
  readonly sweepsQueueUrl: string;
  readonly outcomeBus: string;
  /** The organization whose accounts are managed; null for a single account. */
  readonly organization: string | null;
  /** The state table: sweeps, account names, what Slack was sent. */
  readonly stateTable: string;
  /** The CloudFormation stack, a dimension of the metrics. */
  readonly stack: string;
  /** Names that the hub's own resources are derived from. */
  readonly hub: HubNames;
  /** The role of nightly-sweep. */
  readonly sweepRoleArn: string;
}

/**
 * The configuration of on-iam-change.
 * @param env process.env; the names are those of serverless.yml
 * @throws BadConfiguration that names every invalid setting
 */
export function reviewConfig(env: Environment): ReviewConfig {
  const values = parse(ReviewEnvironment, env);
  const settings = settingsOf(values);
  return {
    settings,
    queueUrl: values.MFA_ENFORCER_QUEUE_URL,
    sweepsQueueUrl: values.MFA_ENFORCER_SWEEPS_QUEUE_URL,
    outcomeBus: values.MFA_ENFORCER_OUTCOME_BUS,
    organization: values.MFA_ENFORCER_ORGANIZATION || null,
    stateTable: values.MFA_ENFORCER_STATE_TABLE,
    stack: values.MFA_ENFORCER_STACK,
    hub: {
      account: settings.account,
      stack: values.MFA_ENFORCER_STACK,
      parameters: [
        values.MFA_ENFORCER_SLACK_WEBHOOK_PARAMETER,
        values.MFA_ENFORCER_NOTIFY_TEXT_PARAMETER,
      ],
    },
    sweepRoleArn: values.MFA_ENFORCER_SWEEP_ROLE_ARN,
  };
}

export interface SweepConfig extends ReviewConfig {
  /** Whether each sweep probes the event path. */
  readonly probe: 'nightly' | 'off';
  /** How long the event of a probe may take. */
  readonly probeMinutes: number;
}

/**
 * The configuration of nightly-sweep.
 * @throws BadConfiguration that names every invalid setting
 */
export function sweepConfig(env: Environment): SweepConfig {
  const values = parse(SweepEnvironment, env);
  return {
    ...reviewConfig(env),
    probe: values.MFA_ENFORCER_PROBE,
    probeMinutes: values.MFA_ENFORCER_PROBE_MINUTES,
  };
}

const SettingsEnvironment = z.object({ ...settings, MFA_ENFORCER_ROLE: z.string() });

function settingsOf(values: z.infer<typeof SettingsEnvironment>): Settings {
  return {
    mode: values.MFA_ENFORCER_MODE,
    scope: values.MFA_ENFORCER_SCOPE,
    unblock: values.MFA_ENFORCER_UNBLOCK,
    exemptTags: values.MFA_ENFORCER_EXEMPT_TAGS,
    exemptUsers: values.MFA_ENFORCER_EXEMPT_USERS,
    enrolWith: values.MFA_ENFORCER_ENROL_WITH,
    exemptPassword: values.MFA_ENFORCER_EXEMPT_PASSWORD,
    graceHours: values.MFA_ENFORCER_GRACE_HOURS,
    blockLimit: values.MFA_ENFORCER_BLOCK_LIMIT,
    enforcerRole: values.MFA_ENFORCER_ROLE,
    policyArn: values.MFA_ENFORCER_POLICY_ARN,
    boundaryArn: values.MFA_ENFORCER_BOUNDARY_ARN,
    denyGroup: values.MFA_ENFORCER_DENY_GROUP,
    // The group is named like the policy, and so is the inline deny.
    inlinePolicyName: values.MFA_ENFORCER_DENY_GROUP,
    boundaryDeny: values.MFA_ENFORCER_BOUNDARY_DENY,
    inlineDeny: values.MFA_ENFORCER_INLINE_DENY,
    reportCredentials: values.MFA_ENFORCER_REPORT_CREDENTIALS,
    orphanDevices: values.MFA_ENFORCER_ORPHAN_DEVICES,
    slackMentions: values.MFA_ENFORCER_SLACK_MENTIONS,
    notifyUsers:
      values.MFA_ENFORCER_NOTIFY_USERS === 'email'
        ? { tag: values.MFA_ENFORCER_NOTIFY_TAG, domains: values.MFA_ENFORCER_NOTIFY_DOMAINS }
        : null,
    account: POLICY_ARN.exec(values.MFA_ENFORCER_POLICY_ARN)?.[1] ?? '',
  };
}

/** Options of the command line, named like the deployment's parameters in camel case. */
export interface SettingsOptions {
  readonly mode?: string;
  readonly scope?: string;
  readonly unblock?: string;
  readonly exemptTags?: string;
  readonly exemptUsers?: string;
  readonly enrolWith?: string;
  readonly exemptPassword?: string;
  readonly graceHours?: string;
  readonly blockLimit?: string;
  readonly policyName?: string;
  readonly boundaryDeny?: string;
  readonly inlineDeny?: string;
}

/** The variable of the functions that says the same as each option. */
const variables = {
  mode: 'MFA_ENFORCER_MODE',
  scope: 'MFA_ENFORCER_SCOPE',
  unblock: 'MFA_ENFORCER_UNBLOCK',
  exemptTags: 'MFA_ENFORCER_EXEMPT_TAGS',
  exemptUsers: 'MFA_ENFORCER_EXEMPT_USERS',
  enrolWith: 'MFA_ENFORCER_ENROL_WITH',
  exemptPassword: 'MFA_ENFORCER_EXEMPT_PASSWORD',
  graceHours: 'MFA_ENFORCER_GRACE_HOURS',
  blockLimit: 'MFA_ENFORCER_BLOCK_LIMIT',
  policyName: 'MFA_ENFORCER_POLICY_NAME',
  boundaryDeny: 'MFA_ENFORCER_BOUNDARY_DENY',
  inlineDeny: 'MFA_ENFORCER_INLINE_DENY',
} as const satisfies Readonly<Record<keyof SettingsOptions, string>>;

/** The variables of the functions whose parameter a command reads, and has no option for. */
const deployedOnly: Readonly<Record<string, string>> = {
  NotifyUsers: 'MFA_ENFORCER_NOTIFY_USERS',
  NotifyTag: 'MFA_ENFORCER_NOTIFY_TAG',
  NotifyDomains: 'MFA_ENFORCER_NOTIFY_DOMAINS',
};

const optionNames = Object.keys(variables) as (keyof SettingsOptions)[];
const parameterOf = (option: string) => option.charAt(0).toUpperCase() + option.slice(1);

const CommandEnvironment = SettingsEnvironment.extend({
  // IAM's rule for names of policies and groups.
  MFA_ENFORCER_POLICY_NAME: z
    .string()
    .regex(
      /^[\w+=,.@-]{1,119}$/,
      'must be a policy name without its path: letters, digits and +=,.@-_',
    ),
});

/** A deployed stack, as far as it says how users are decided on. */
export interface DeployedParameters {
  readonly stack: string;
  /** Every parameter of the template, as deployed. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * The settings of the command line: the option, else the deployed stack's parameter, else the default.
 * @param deployed null where there is no stack
 * @param where the account and partition of the policies' ARNs
 * @throws BadConfiguration that names every invalid setting, or the parameters that the stack lacks
 */
export function commandSettings(
  options: SettingsOptions,
  deployed: DeployedParameters | null,
  { account, partition }: { readonly account: string; readonly partition: string },
): Settings {
  if (deployed !== null) checkParameters(deployed);
  const given = optionNames.map((option) => {
    const flag = options[option];
    const name =
      flag === undefined && deployed !== null
        ? `${parameterOf(option)} of the stack ${deployed.stack}`
        : flagOf(parameterOf(option));
    const value = flag ?? deployed?.parameters[parameterOf(option)];
    return { variable: variables[option], name, value };
  });
  const policyName =
    options.policyName ?? deployed?.parameters[parameterOf('policyName')] ?? 'ForceMFA';
  // An empty name is reported once, as --policy-name, and not again in each ARN.
  const usable = policyName === '' ? 'ForceMFA' : policyName;
  const policyArn = `arn:${partition}:iam::${account}:policy/${usable}`;
  const values = parse(
    CommandEnvironment,
    {
      ...Object.fromEntries(given.map(({ variable, value }) => [variable, value])),
      ...Object.fromEntries(
        Object.entries(deployedOnly).map(([name, variable]) => [
          variable,
          deployed?.parameters[name],
        ]),
      ),
      MFA_ENFORCER_POLICY_NAME: policyName,
      MFA_ENFORCER_POLICY_ARN: policyArn,
      MFA_ENFORCER_BOUNDARY_ARN: `${policyArn}-boundary`,
      MFA_ENFORCER_DENY_GROUP: usable,
      // The command acts with the caller's own rights.
      MFA_ENFORCER_ROLE: '',
    },
    Object.fromEntries(given.map(({ variable, name }) => [variable, name])),
  );
  return settingsOf(values);
}

function checkParameters({ stack, parameters }: DeployedParameters): void {
  const lacking = optionNames.map(parameterOf).filter((name) => parameters[name] === undefined);
  if (lacking.length === 0) return;
  throw new BadConfiguration(
    `The stack ${stack} has no parameter ${lacking.join(', ')}: it is another stack, or an older release. Name the ` +
      'enforcer’s stack with --stack, or pass --no-stack to use the defaults and the options.',
  );
}

/** The parameters of the deployed stack that options override, each with the stack's value. */
export function overriddenBy(
  options: SettingsOptions,
  { parameters }: DeployedParameters,
): Record<string, string> {
  const differing = optionNames.flatMap((option) => {
    const name = parameterOf(option);
    const deployed = parameters[name] ?? '';
    const isOverridden = options[option] !== undefined && options[option] !== deployed;
    return isOverridden ? [[name, deployed] as const] : [];
  });
  return Object.fromEntries(differing);
}

// No "#": the anchor of a message's kind is added.
const RUNBOOK_URL =
  /^$|^https:\/\/([A-Za-z0-9-]+\.)*[A-Za-z][A-Za-z0-9-]*(:[1-9]\d{0,3})?(\/[\w.~!$&'()*+,;=:@%/?-]{0,1000})?$/;

const SlackEnvironment = z.object({
  MFA_ENFORCER_UNBLOCK: settings.MFA_ENFORCER_UNBLOCK,
  MFA_ENFORCER_ENROL_WITH: settings.MFA_ENFORCER_ENROL_WITH,
  MFA_ENFORCER_EXEMPT_TAGS: settings.MFA_ENFORCER_EXEMPT_TAGS,
  AWS_REGION: z.string().min(1).describe('the Region; Lambda sets it'),
  MFA_ENFORCER_SLACK_WEBHOOK_PARAMETER: z.string().min(1),
  MFA_ENFORCER_OUTCOMES_QUEUE_URL: z.url(),
  MFA_ENFORCER_OUTCOMES_FAILED_URL: z.url(),
  MFA_ENFORCER_STATE_TABLE: z.string().min(1),
  MFA_ENFORCER_RUNBOOK_URL: z
    .string()
    .regex(RUNBOOK_URL, 'must be an https URL without a #, or empty')
    .default(''),
  AWS_ENDPOINT_URL: z.url().optional().describe('nothing; only the local run sets it'),
});

export interface SlackConfig {
  /** The SSM parameter that contains the webhook's URL. */
  readonly webhookParameter: string;
  /** The queue of outcomes, and its dead-letter queue. */
  readonly queueUrl: string;
  readonly failedMessagesUrl: string;
  /** The state table, with what Slack was sent. */
  readonly stateTable: string;
  readonly partition: Partition;
  /** The deployment's exempt tags, for messages that say how to exempt a user. */
  readonly exemptTags: readonly ExemptTag[];
  /** What a blocked user may enrol with, for messages that say how. */
  readonly enrolWith: Settings['enrolWith'];
  /** When a blocked user is unblocked, for messages that say what happens then. */
  readonly unblock: Settings['unblock'];
  /** The page with the runbook, to which messages link; null for none. */
  readonly runbookUrl: string | null;
  /** True in the local run, whose Slack listens on loopback. */
  readonly allowLoopback: boolean;
}

/**
 * The configuration of notify-slack.
 * @throws BadConfiguration that names every invalid setting
 */
export function slackConfig(env: Environment): SlackConfig {
  const values = parse(SlackEnvironment, env);
  const endpoint = values.AWS_ENDPOINT_URL;
  return {
    webhookParameter: values.MFA_ENFORCER_SLACK_WEBHOOK_PARAMETER,
    queueUrl: values.MFA_ENFORCER_OUTCOMES_QUEUE_URL,
    failedMessagesUrl: values.MFA_ENFORCER_OUTCOMES_FAILED_URL,
    stateTable: values.MFA_ENFORCER_STATE_TABLE,
    partition: partitionOf(values.AWS_REGION),
    exemptTags: values.MFA_ENFORCER_EXEMPT_TAGS,
    enrolWith: values.MFA_ENFORCER_ENROL_WITH,
    unblock: values.MFA_ENFORCER_UNBLOCK,
    runbookUrl: values.MFA_ENFORCER_RUNBOOK_URL || null,
    allowLoopback: endpoint !== undefined && isLoopback(new URL(endpoint)),
  };
}

const MailEnvironment = z.object({
  MFA_ENFORCER_UNBLOCK: settings.MFA_ENFORCER_UNBLOCK,
  MFA_ENFORCER_ENROL_WITH: settings.MFA_ENFORCER_ENROL_WITH,
  AWS_REGION: z.string().min(1).describe('the Region; Lambda sets it'),
  // Empty with NotifyUsers=no, where no outcome has an address.
  MFA_ENFORCER_NOTIFY_FROM: z
    .union([z.literal(''), EmailAddress], { error: 'must be one address, or empty' })
    .default(''),
  MFA_ENFORCER_NOTIFY_TEXT_PARAMETER: z.string().min(1),
  MFA_ENFORCER_HELP_CONTACT: z
    .string()
    .regex(/^[^\p{C}]{0,200}$/u, 'must be one line of at most 200 printable characters')
    .default(''),
  MFA_ENFORCER_USER_MAIL_QUEUE_URL: z.url(),
  MFA_ENFORCER_USER_MAIL_FAILED_URL: z.url(),
  MFA_ENFORCER_STATE_TABLE: z.string().min(1),
});

export interface MailConfig {
  /** The sender: an address that SES has verified. */
  readonly from: string;
  /** The SSM parameter with the company's own text, which need not exist. */
  readonly textParameter: string;
  /** Whom a user asks for help; null for the account's administrators. */
  readonly helpContact: string | null;
  /** The queue of outcomes that users get mails about, and its dead-letter queue. */
  readonly queueUrl: string;
  readonly failedMessagesUrl: string;
  /** The state table, with what users were sent. */
  readonly stateTable: string;
  readonly partition: Partition;
  readonly enrolWith: Settings['enrolWith'];
  readonly unblock: Settings['unblock'];
}

/**
 * The configuration of notify-user.
 * @throws BadConfiguration that names every invalid setting
 */
export function mailConfig(env: Environment): MailConfig {
  const values = parse(MailEnvironment, env);
  return {
    from: values.MFA_ENFORCER_NOTIFY_FROM,
    textParameter: values.MFA_ENFORCER_NOTIFY_TEXT_PARAMETER,
    helpContact: values.MFA_ENFORCER_HELP_CONTACT || null,
    queueUrl: values.MFA_ENFORCER_USER_MAIL_QUEUE_URL,
    failedMessagesUrl: values.MFA_ENFORCER_USER_MAIL_FAILED_URL,
    stateTable: values.MFA_ENFORCER_STATE_TABLE,
    partition: partitionOf(values.AWS_REGION),
    enrolWith: values.MFA_ENFORCER_ENROL_WITH,
    unblock: values.MFA_ENFORCER_UNBLOCK,
  };
}

/** What each function reads from its environment, by its file in functions/. */
export const environments = {
  'on-iam-change': ReviewEnvironment,
  'nightly-sweep': SweepEnvironment,
  'notify-slack': SlackEnvironment,
  'notify-user': MailEnvironment,
} as const;

/** @param names the names of settings that were not given by their variable, but by an option */
function parse<S extends z.ZodType>(
  schema: S,
  env: Environment,
  names: Readonly<Record<string, string>> = {},
): z.infer<S> {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const problems = new Map<string, string>();
  for (const { path, message } of result.error.issues) {
    const variable = String(path[0]);
    const value = env[variable];
    const name = names[variable] ?? variable;
    problems.set(name, value === undefined ? `${name} is not set` : `${name} ${message}`);
  }
  throw new BadConfiguration(`Invalid configuration: ${[...problems.values()].join('; ')}`);
}
