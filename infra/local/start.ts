import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { alertOf, attack } from './attack.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';
import { assertLoopback } from './local-client.ts';
import {
  heading,
  median,
  say,
  seconds,
  slackLayout,
  slackText,
  startStep,
  storyStep,
  withProgress,
} from './screen.ts';
import { showCommand, useLocalAws } from './shown-command.ts';
import { everyday, mailsToDana, playStory, type StepResult, type Steps } from './story.ts';
import { followLive, howToDrive } from './your-turn.ts';

const HELP = `npm start [-- --keep] [--attack]

Deploys the packaged template to a local AWS (moto, on loopback) and runs a
scenario: IAM users are created, enrol, lose their devices, and are blocked and
unblocked within seconds. Connects to this machine only.

  --attack  run another scenario: a stolen password, an attacker who enrols, the
            alert, the commands that stop the attack, and those that undo it
  --keep    keep running after the scenario until Ctrl-C, for your own calls
            with the aws CLI and mfa-enforcer
  --help    show this help`;

// The SDK's notice about the end of Node 20 support is for developers.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      attack: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(HELP);
    return 0;
  }
  refuseOtherEndpoints();
  let interrupted = 130;
  // What was started ends in its own `exit` listener.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => process.exit(interrupted));
  }

  say(heading('iam-mfa-enforcer on a local AWS. Everything runs on this machine.'));
  const aws = await startLocalAws({
    prepare: packageTemplate,
    step: startStep,
    awsPolicies: values.attack,
    parameters: {
      NotifyUsers: 'email',
      NotifyFrom: 'aws-mfa@example.com',
      HelpContact: 'the cloud team',
    },
  });
  try {
    useLocalAws(aws);
    say(heading('Scenario'));
    const results = await runScenario(aws, values.attack ? attack : everyday);
    if (values.attack) showAlert(aws);
    else showMail(aws);
    const ok = showVerdict(results);
    await showAccount(aws);
    if (values.keep) {
      say(howToDrive(aws));
      // The end of --keep is Ctrl-C, so it interrupts nothing.
      interrupted = 0;
      await followLive(aws);
    }
    say(whatNext);
    return ok ? 0 : 1;
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
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const packaging = () => promisify(execFile)(npm, ['run', '--silent', 'package']);
  const made = () => 'serverless.yml and functions, as deployed';
  await startStep('package', 'packaging serverless.yml and functions', made, packaging);
}

async function runScenario(aws: LocalAws, steps: Steps): Promise<StepResult[]> {
  const from = performance.now();
  return playStory(aws, steps, async (title, play) => {
    const result = await withProgress(title, play);
    say(storyStep(performance.now() - from, result));
    return result;
  });
}

/** Shows the alert of the attack as Slack lays it out, with its commands. */
function showAlert(aws: LocalAws): void {
  const alert = alertOf(aws);
  if (alert === undefined) return;
  say(heading('The alert in Slack'));
  say(slackLayout(alert));
}

const MAIL_LINES = 12;

/** Shows how the first mail to dana begins. */
function showMail(aws: LocalAws): void {
  const [mail] = mailsToDana(aws);
  if (mail === undefined) return;
  say(heading('The mail to dana'));
  const lines = mail.text.trim().split('\n').slice(0, MAIL_LINES);
  say(
    [`Subject: ${mail.subject}`, '', ...lines, '…'].map((line) => `  ${line}`.trimEnd()).join('\n'),
  );
}

/** @returns whether all steps passed */
function showVerdict(results: readonly StepResult[]): boolean {
  const times = results.flatMap(({ enforcedAfterMs: ms }) => (ms === null ? [] : [ms]));
  const failed = results.filter(({ ok }) => !ok);
  say(
    failed.length === 0
      ? `\nAll ${results.length} steps passed.`
      : `\n${failed.length} of ${results.length} steps failed: ${failed.map(({ title }) => title).join('; ')}`,
  );
  say(
    `From the return of an IAM call to the block or unblock: ${seconds(median(times))} (median).`,
  );
  return failed.length === 0;
}

async function showAccount(aws: LocalAws): Promise<void> {
  say(heading('Messages in Slack (mfa-enforcer preview shows their layout)'));
  say(aws.slack.messages.map(({ text }) => slackText(text)).join('\n\n'));
  say(heading('Every user now'));
  await showCommand(['report']);
  say(heading('For Nagios (mfa-enforcer report --help names PRTG and the others)'));
  await showCommand(['report', '--format', 'nagios'], 3);
}

const whatNext = `${heading('What next')}
  npm start -- --keep   keeps this account for your own calls
  docs/README.md        all documents, by what you want to do
  npm run deploy        deploys to your AWS account in observe mode; asks first`;

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
