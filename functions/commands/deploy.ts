import { type Command, Option } from 'commander';
import {
  flagOf,
  mayBlockMore,
  optionOf,
  type ParameterPlan,
  planParameters,
  type TemplateParameter,
} from '../domain/deployment/parameters.ts';
import { describeStack, type ResourceChange, type StackSummary } from '../io/cloudformation.ts';
import { describeParameter } from '../io/ssm.ts';
import {
  ChangeRefused,
  discardChange,
  executeChange,
  type PlannedChange,
  planChange,
  type StackDeps,
} from '../pipeline/deployment/change-stack.ts';
import {
  type CodePlace,
  checkBucket,
  ownBucket,
  uploadCode,
  uploadTemplate,
} from '../pipeline/deployment/code-bucket.ts';
import { type Release, readRelease } from '../pipeline/deployment/release.ts';
import { type DeploymentContext, type Finding, runCheck } from '../pipeline/doctor/check.ts';
import { checkTrail } from '../pipeline/doctor/check-trail.ts';
import { aws, command } from '../pipeline/doctor/fixes.ts';
import { type AccountPlan, accountPlan } from '../pipeline/report/account-plan.ts';
import { jsonText } from '../render/report/json.ts';
import { commandSettings } from '../runtime/config.ts';
import { refuseMissingRights } from './caller-rights.ts';
import {
  connectToDeployment,
  type DeploymentOptions,
  refuseOtherRegion,
} from './connect-deployment.ts';
import {
  deployedStack,
  refuseLongName,
  refuseMailWithoutSender,
  refuseOtherPolicyName,
  refuseSharedCode,
} from './deploy-preconditions.ts';
import {
  type Deployed,
  describeChanges,
  describeNextSteps,
  describeParameters,
  describeResult,
} from './deploy-text.ts';
import { DEPLOYMENT_FILE, givenValues, readDeploymentFile } from './deployment-file.ts';
import { DEFAULT_STACK, stackOf } from './options.ts';
import { type ParameterFile, readParameterFiles } from './parameter-files.ts';
import { readingUsers, stackProgress } from './progress.ts';
import { confirm, type Run, type Status, statuses, type Terminal, textOutput } from './terminal.ts';

interface DeployOptions extends DeploymentOptions {
  readonly config?: string;
  readonly webhookFile?: string;
  readonly mailTextFile?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  /** Values of parameters, by their names in camel case. */
  readonly [parameter: string]: unknown;
}

/**
 * Adds `deploy`. Each parameter of the template has an option.
 * @param parameters of the release; null where there is none
 */
export function addDeploy(
  program: Command,
  run: Run,
  terminal: Terminal,
  parameters: Readonly<Record<string, TemplateParameter>> | null,
): void {
  const command = program
    .command('deploy')
    .description(
      'Create or upgrade the deployment; a parameter that you do not name keeps its value',
    )
    .option('--stack <name>', `CloudFormation stack (MFA_ENFORCER_STACK; default ${DEFAULT_STACK})`)
    .option('--config <file>', `settings file (default ${DEPLOYMENT_FILE}, if it exists)`)
    .option('--webhook-file <file>', 'store the Slack webhook that this file contains')
    .option('--mail-text-file <file>', 'store your own text of the mails (docs/mail.md)')
    .option('--dry-run', 'show the changes and make none')
    .option('-y, --yes', 'skip the confirmation')
    .option('--json', 'print JSON')
    .option('--profile <name>', 'AWS profile (AWS_PROFILE)')
    .option('--region <region>', 'AWS Region; the deployment must be in the Region of IAM events')
    .addHelpText(
      'after',
      '\nExit status: 0 deployed, or no changes needed; 1 not deployed, or with --dry-run: there are changes;\n2 usage error, 3 incomplete: some data could not be read.\nRequired permissions: deployer-policy.json of the release (docs/install.md).\n\nExamples:\n  mfa-enforcer deploy\n  mfa-enforcer deploy --mode enforce --exempt-tags team:robots\n  mfa-enforcer deploy --webhook-file webhook.txt --dry-run',
    )
    .action((options: DeployOptions) => run(() => deploy(terminal, options)));
  for (const [name, { Description = '', AllowedValues }] of Object.entries(parameters ?? {})) {
    const option = new Option(`${flagOf(name)} <value>`, Description).helpGroup('Parameters:');
    command.addOption(AllowedValues === undefined ? option : option.choices(AllowedValues));
  }
  // Without a release the action says what is missing.
  if (parameters === null) command.allowUnknownOption().allowExcessArguments();
}

/** What a run of `deploy` works with. */
interface Deploying {
  readonly terminal: Terminal;
  readonly options: DeployOptions;
  readonly context: DeploymentContext;
  readonly release: Release;
  /** null: the stack does not exist yet. */
  readonly deployed: StackSummary | null;
  readonly parameters: ParameterPlan;
  readonly code: CodePlace;
  readonly files: readonly ParameterFile[];
  readonly stackDeps: StackDeps;
}

async function deploy(terminal: Terminal, options: DeployOptions): Promise<Status> {
  const release = await readRelease(terminal.release);
  const file = await readDeploymentFile(options.config, release.parameters);
  const given = givenValues(release.parameters, flagsOf(options, release), file);
  const stack = stackOf(terminal.env, options.stack);
  refuseLongName(stack);
  const context = await connectToDeployment(terminal, { ...options, stack });
  refuseOtherRegion(context);
  const files = await readParameterFiles(context, options);

  const { cloudFormation } = context.clients;
  const deployed = deployedStack(context, await describeStack(cloudFormation, stack));
  const code: CodePlace = {
    bucket: given.get('S3Bucket')?.value ?? deployed?.parameters.S3Bucket ?? ownBucket(context),
    prefix: given.get('S3Prefix')?.value ?? deployed?.parameters.S3Prefix ?? `${stack}/`,
  };
  // A stack that has them keeps them.
  if (deployed?.parameters.S3Bucket === undefined) {
    given.set('S3Bucket', { value: code.bucket, source: 'deploy' });
    given.set('S3Prefix', { value: code.prefix, source: 'deploy' });
  }
  refuseSharedCode(context, code);
  const parameters = planParameters(release.parameters, deployed?.parameters ?? null, given);
  refuseOtherPolicyName(deployed, parameters, file?.path ?? null);
  refuseMailWithoutSender(context, parameters);
  const stackDeps = { cloudFormation, stack, pause: terminal.pause };
  const run = { terminal, options, context, release, deployed, parameters, code, files, stackDeps };
  const unused = files.length === 0 ? ['ssm:PutParameter'] : [];
  const rights = await refuseMissingRights(terminal, context, 'deploy', parameters.values, unused);
  await checkBucket(bucketPlace(run), code);
  for (const one of files) await one.refuseOtherType(context, parameterOf(run, one.parameter));
  const [trail] = await runCheck(context, 'trail', () => checkTrail(context));
  say(run, describeParameters(run, file?.path ?? null, rights, trail));
  const result = await (deployed === null ? create(run) : update(run, deployed));
  const done = result.status === 'deployed' || result.status === 'unchanged';
  for (const { what, parameter, store } of done ? files : []) {
    await store(context, parameterOf(run, parameter));
    say(run, `The ${what} is stored in the SSM parameter ${parameterOf(run, parameter)}.\n`);
  }
  const nextSteps = done ? await nextStepsOf(run, trail) : [];
  return show(run, { ...result, nextSteps });
}

/** The name of an SSM parameter of the deployment. */
const parameterOf = (
  { parameters }: Pick<Deploying, 'parameters'>,
  parameter: ParameterFile['parameter'],
) => parameters.values[parameter] ?? '';

function flagsOf(options: DeployOptions, { parameters }: Release): Record<string, string> {
  const flags: Record<string, string> = {};
  for (const name of Object.keys(parameters)) {
    const value = options[optionOf(name)];
    if (typeof value === 'string') flags[name] = value;
  }
  return flags;
}

/** Creates the stack. Nothing exists before the confirmation. */
async function create(run: Deploying): Promise<Omit<Deployed, 'nextSteps'>> {
  const { options, release, context, parameters, code, stackDeps } = run;
  const resources = release.resources.map(
    ({ id, type }): ResourceChange => ({ id, type, action: 'add', replaced: 'no' }),
  );
  const forecast = await forecastOf(run);
  say(run, describeChanges(resources, forecast, isHub(run), run.terminal));
  const planned = { resources, forecast, failure: null };
  if (options.dryRun) return { status: 'planned', ...planned };
  const question = `Create the stack ${context.stack} in account ${context.account}?`;
  if (!(await confirm(run.terminal, options.yes, question))) {
    return { status: 'declined', ...planned };
  }
  const templateUrl = await uploadTemplate(bucketPlace(run), code, release);
  const change = await planChange(stackDeps, {
    isNew: true,
    templateUrl,
    parameters: parameters.sent,
  });
  if (change === null)
    throw new Error(`CloudFormation found nothing to create in ${context.stack}`);
  const made = await describeStack(stackDeps.cloudFormation, context.stack);
  return { ...planned, ...(await execute(run, change, made?.id ?? context.stack)) };
}

/** Changes the stack as CloudFormation has worked it out. */
async function update(
  run: Deploying,
  { id, outputs }: StackSummary,
): Promise<Omit<Deployed, 'nextSteps'>> {
  const { options, release, context, parameters, code, files, stackDeps } = run;
  const templateUrl = await uploadTemplate(bucketPlace(run), code, release);
  const change = await planChange(stackDeps, {
    isNew: false,
    templateUrl,
    parameters: parameters.sent,
  });
  const isSame =
    change?.resources.length === 0 &&
    parameters.changes.length === 0 &&
    outputs.Version === release.version;
  if (change === null || isSame) {
    if (change !== null) await discardChange(stackDeps, change);
    const nothing = { resources: [], forecast: null, failure: null };
    if (files.length === 0) {
      say(run, '\nNo changes needed.\n');
      return { status: 'unchanged', ...nothing };
    }
    say(run, '\nThe stack needs no change.\n');
    return { status: options.dryRun ? 'planned' : 'unchanged', ...nothing };
  }
  const { resources } = change;
  const planned = { resources, forecast: null, failure: null };
  try {
    const forecast = await forecastOf(run);
    say(run, describeChanges(resources, forecast, isHub(run), run.terminal));
    const result = { ...planned, forecast };
    const question = `Change the stack ${context.stack} in account ${context.account}?`;
    const go = !options.dryRun && (await confirm(run.terminal, options.yes, question));
    if (go) return { ...result, ...(await execute(run, change, id)) };
    await discardChange(stackDeps, change);
    return { ...result, status: options.dryRun ? 'planned' : 'declined' };
  } catch (error) {
    await discardChange(stackDeps, change).catch(() => undefined);
    throw error;
  }
}

const bucketPlace = ({ context }: Deploying) => ({ ...context, s3: context.clients.s3 });

async function execute(
  run: Deploying,
  change: PlannedChange,
  id: string,
): Promise<Pick<Deployed, 'status' | 'failure'>> {
  const { terminal, stackDeps } = run;
  await uploadCode(bucketPlace(run), run.code, run.release);
  const { onEvent, done } = stackProgress(terminal, 'Deploying', change.resources.length);
  try {
    const failure = await executeChange(stackDeps, change, id, onEvent);
    return { status: failure === null ? 'deployed' : 'failed', failure };
  } catch (error) {
    if (!(error instanceof ChangeRefused)) {
      terminal.err(
        'CloudFormation may still be at work. Run this command again to see how it ended.\n',
      );
    }
    throw error;
  } finally {
    done();
  }
}

const isHub = ({ parameters }: Deploying) => (parameters.values.OrganizationId ?? '') !== '';

/** What the new settings would change at the next sweep; null where they cannot block more users than before. */
async function forecastOf({
  terminal,
  context,
  parameters,
}: Deploying): Promise<AccountPlan | null> {
  if (!mayBlockMore(parameters)) return null;
  const deployed = { stack: context.stack, parameters: parameters.values };
  const settings = commandSettings({}, deployed, context);
  const { iam } = context.clients;
  return readingUsers(terminal, iam, (onUser) =>
    accountPlan(iam, settings, { now: terminal.now, onUser }),
  );
}

/** What remains to be done after a deployment. */
async function nextStepsOf(run: Deploying, trail: Finding | undefined): Promise<string[]> {
  const { context, parameters, deployed } = run;
  const { values } = parameters;
  const webhook = await describeParameter(
    context.clients.ssm,
    parameterOf(run, 'SlackWebhookParameter'),
  );
  return describeNextSteps({
    values,
    isNew: deployed === null,
    hasWebhook: webhook !== null,
    trail,
    commandOf: (rest) => command(context, rest),
    sweep: aws(
      context,
      'lambda',
      `invoke --function-name ${context.stack}-nightly-sweep --invocation-type Event /dev/null`,
    ),
  });
}

const say = ({ terminal, options }: Deploying, text: string) =>
  textOutput(terminal, options.json)(text);

function show(run: Deploying, result: Deployed): Status {
  const { terminal, options, context, release, deployed, parameters } = run;
  say(run, describeResult(run, result));
  if (options.json) {
    terminal.out(
      jsonText({
        schema: 'mfa-enforcer/deploy/1',
        at: terminal.now().toISOString(),
        account: context.account,
        region: context.region,
        stack: context.stack,
        release: { from: deployed?.outputs.Version ?? null, to: release.version },
        parameters: parameters.changes,
        ...result,
      }),
    );
  }
  return result.status === 'deployed' || result.status === 'unchanged'
    ? statuses.clean
    : statuses.findings;
}
