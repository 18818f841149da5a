import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { IAMClient } from '@aws-sdk/client-iam';
import { accountReport } from '../../functions/pipeline/report/account-report.ts';
import { prtg } from '../../functions/render/report/prtg.ts';
import { reviewConfig } from '../../functions/runtime/config.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';
import { assertLoopback, localClient } from './local-client.ts';
import {
  heading,
  indented,
  median,
  reviewLine,
  seconds,
  slackLine,
  startStep,
  storyStep,
  userTable,
} from './screen.ts';
import { playStory, type StepResult } from './story.ts';
import { loggedReviews } from './watch.ts';

const HELP = `npm start [-- --keep]

Deploys the packaged template to a local AWS (moto, on loopback) and runs a scenario: IAM users are created,
enrol, lose their devices, and are blocked and unblocked within seconds. Connects to this machine only.

  --keep   keep running after the scenario until Ctrl-C, for your own calls with the aws CLI
  --help   show this help`;

// The SDK's notice about the end of Node 20 support is for developers.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(HELP);
    return 0;
  }
  refuseOtherEndpoints();

  say(heading('iam-mfa-enforcer on a local AWS. Everything runs on this machine.'));
  await packageTemplate();
  const aws = await startLocalAws({ onStep: (...step) => say(startStep(...step)) });
  const ctrlC = firstSignal();
  const stopNow = () => void aws.stop().finally(() => process.exit(130));
  ctrlC.addEventListener('abort', stopNow);
  try {
    const results = await runScenario(aws);
    await showAccount(aws);
    const ok = showTimes(results);
    if (values.keep) {
      say(howToDrive(aws));
      // The end of --keep is Ctrl-C, so it interrupts nothing.
      ctrlC.removeEventListener('abort', stopNow);
      await followReviews(aws, ctrlC);
    }
    return ok ? 0 : 1;
  } catch (error) {
    // Ctrl-C stops the local AWS, so the scenario fails. stopNow ends the process.
    if (ctrlC.aborted) await new Promise(() => undefined);
    throw error;
  } finally {
    await aws.stop();
  }
}

/** Refuses an AWS_ENDPOINT_URL that is not loopback. The local run does not use the variable. */
function refuseOtherEndpoints(): void {
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith('AWS_ENDPOINT_URL') && value) assertLoopback(value);
  }
}

async function packageTemplate(): Promise<void> {
  const from = performance.now();
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await promisify(execFile)(npm, ['run', '--silent', 'package']);
  say(startStep('package', 'serverless.yml and functions, as deployed', performance.now() - from));
}

async function runScenario(aws: LocalAws): Promise<StepResult[]> {
  say(heading('Scenario'));
  const from = performance.now();
  return playStory(aws, (result) => say(storyStep(performance.now() - from, result)));
}

async function showAccount(aws: LocalAws): Promise<void> {
  const iam = localClient(IAMClient, aws.moto.endpoint);
  const { settings } = reviewConfig({
    AWS_REGION: 'us-east-1',
    MFA_ENFORCER_POLICY_ARN: aws.stack.resources.get('ForceMfaPolicy'),
    MFA_ENFORCER_BOUNDARY_ARN: aws.stack.resources.get('ForceMfaBoundary'),
    MFA_ENFORCER_DENY_GROUP: 'ForceMFA',
    MFA_ENFORCER_QUEUE_URL: aws.stack.resources.get('IamChangesQueue'),
    MFA_ENFORCER_OUTCOME_BUS: aws.stack.name,
    MFA_ENFORCER_STACK: aws.stack.name,
    MFA_ENFORCER_SLACK_WEBHOOK_PARAMETER: '/mfa-enforcer/slack-webhook',
    MFA_ENFORCER_ROLE: aws.stack.resources.get('OnIamChangeRole'),
    MFA_ENFORCER_STATE_TABLE: aws.stack.resources.get('StateTable'),
  });
  const read = await accountReport(iam, settings, new Date());
  const settingsFrom = { kind: 'stack', stack: aws.stack.name, overridden: {} } as const;
  const report = { ...read, settingsFrom };
  iam.destroy();
  say(heading('All users'));
  say(userTable(report));
  say(heading('Slack messages'));
  say(aws.slack.messages.map(({ text }) => slackLine(text)).join('\n\n'));
  say('\n  mfa-enforcer preview shows the full layout of each message.');
  say(heading('PRTG sensor (the first channel counts users with a password, like the old sensor)'));
  say(indented(prtg.render(report)));
}

function showTimes(results: readonly StepResult[]): boolean {
  const timed = results.filter(({ enforcedAfterMs }) => enforcedAfterMs !== null);
  say(heading('Time from the return of the IAM call to the block or unblock'));
  for (const { title, enforcedAfterMs } of timed) {
    say(`  ${seconds(enforcedAfterMs ?? 0).padStart(7)}  ${title}`);
  }
  say(
    `  ${seconds(median(timed.map(({ enforcedAfterMs }) => enforcedAfterMs ?? 0))).padStart(7)}  median`,
  );
  const failed = results.filter(({ ok }) => !ok);
  say(
    failed.length === 0
      ? `\nAll ${results.length} steps passed.`
      : `\n${failed.length} of ${results.length} steps failed: ${failed.map(({ title }) => title).join('; ')}`,
  );
  return failed.length === 0;
}

function howToDrive(aws: LocalAws): string {
  return `${heading('Your turn: the stack keeps running until Ctrl-C. In another terminal:')}
  export AWS_ENDPOINT_URL=${aws.trail.endpoint} AWS_DEFAULT_REGION=us-east-1
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local

  aws iam create-user --user-name frank
  aws iam list-attached-user-policies --user-name frank
  aws iam tag-user --user-name frank --tags Key=userType,Value=Service
  aws lambda list-functions --query 'Functions[].FunctionName'

Reviews:`;
}

/** Prints each review until Ctrl-C. */
async function followReviews(aws: LocalAws, ctrlC: AbortSignal): Promise<void> {
  let seen = loggedReviews(aws).length;
  while (!ctrlC.aborted) {
    for (const { user, action, status, reasons, cause } of loggedReviews(aws).slice(seen)) {
      seen += 1;
      const why = reasons.map(({ text }) => text).join(', ');
      say(
        reviewLine(
          `${user}: ${status}, ${actions[action]}`,
          `${cause.eventName ?? 'sweep'}: ${why}`,
        ),
      );
    }
    await sleep(200);
  }
}

const actions = { block: 'now blocked', unblock: 'now unblocked', none: 'no change needed' };

/** Aborts at the first Ctrl-C or signal to end. The second ends the process at once. */
function firstSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage =
    error instanceof TypeError &&
    'code' in error &&
    String(error.code).startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = isUsage ? 2 : 1;
}
