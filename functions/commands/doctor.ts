import { type Command, InvalidArgumentError, Option } from 'commander';
import type { DeploymentContext, Finding } from '../pipeline/doctor/check.ts';
import { diagnose } from '../pipeline/doctor/diagnose.ts';
import { readDeployment, resourceDocument } from '../pipeline/doctor/read-deployment.ts';
import { wrapText } from '../render/cells.ts';
import { jsonText } from '../render/report/json.ts';
import { countOf, oneLine } from '../render/report/text.ts';
import { type Style, styled } from '../render/terminal-text.ts';
import { connectToDeployment, type DeploymentOptions } from './connect-deployment.ts';
import { doctorProbe } from './doctor-probe.ts';
import { fixLines } from './fix-lines.ts';
import { DEFAULT_STACK, seconds } from './options.ts';
import {
  columnsOf,
  type Run,
  type Status,
  statuses,
  type Terminal,
  UsageError,
  wantsColor,
} from './terminal.ts';

interface DoctorOptions extends DeploymentOptions {
  readonly sweepWithin?: number;
  readonly print?: string;
  readonly probe?: boolean;
  readonly accounts?: string;
  readonly timeout?: number;
  readonly json?: boolean;
}

/** Adds `doctor`. */
export function addDoctor(program: Command, run: Run, terminal: Terminal): void {
  program
    .command('doctor')
    .description('Check a deployment: what is broken and how to fix it (only --probe writes)')
    .option('--stack <name>', `CloudFormation stack (MFA_ENFORCER_STACK; default ${DEFAULT_STACK})`)
    .addOption(
      new Option(
        '--sweep-within <hours>',
        'maximum age of the last sweep (default: parameter SweepOverdueHours)',
      ).argParser(hours),
    )
    .option(
      '--print <resource>',
      'print the deployed definition of a resource (logical ID) as JSON',
    )
    .option('--probe', 'make a harmless IAM call, and wait for its event to come back')
    .option('--accounts <ids>', 'with --probe: only these accounts of the organization: id,id,…')
    .addOption(
      new Option(
        '--timeout <seconds>',
        'with --probe: how long the event may take (default: 300)',
      ).argParser(seconds),
    )
    .option('--json', 'print JSON')
    .option('--profile <name>', 'AWS profile (AWS_PROFILE)')
    .option('--region <region>', 'AWS Region; the deployment must be in the Region of IAM events')
    .addHelpText(
      'after',
      '\nExit status: 0 no findings, 1 something is broken, 2 usage error, 3 incomplete: some checks could not run.\nRequired permissions: doctor-policy.json of the release; with --probe also sqs:SendMessage to the queue of sweeps.\n\nExamples:\n  mfa-enforcer doctor\n  mfa-enforcer doctor --stack iam-mfa-enforcer-test --profile audit --json\n  mfa-enforcer doctor --probe\n  mfa-enforcer doctor --print IamChangesQueue > queue.json',
    )
    .action((options: DoctorOptions) => run(() => doctor(terminal, options)));
}

function hours(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Must be a number of hours from 0 to 9999.');
}

async function doctor(terminal: Terminal, options: DoctorOptions): Promise<Status> {
  const context = {
    ...(await connectToDeployment(terminal, options)),
    sweepWithinHours: options.sweepWithin ?? null,
  };
  if (options.probe) return doctorProbe(terminal, context, options);
  if (options.print !== undefined) return print(terminal, context, options.print);
  const findings = await diagnose(context);
  terminal.out(
    options.json
      ? asJson(context, findings)
      : `Stack ${context.stack}, account ${context.account}, ${context.region}\n\n${doctorText(terminal, findings)}`,
  );
  if (findings.some(({ status }) => status === 'unknown')) return statuses.blind;
  return findings.every(({ status }) => status === 'ok') ? statuses.clean : statuses.findings;
}

async function print(terminal: Terminal, context: DeploymentContext, id: string): Promise<Status> {
  const read = await readDeployment(context);
  if (read === null) {
    throw new UsageError(
      `Account ${context.account} has no stack ${context.stack} in ${context.region}. Name the stack with --stack.`,
    );
  }
  const [failed] = read.unread;
  if (failed !== undefined) {
    terminal.err(`${[failed.message, failed.fix].filter((line) => line !== null).join('\n')}\n`);
    return statuses.blind;
  }
  const document = resourceDocument(read.deployment, id);
  if (document === null) {
    throw new UsageError(
      `Stack ${context.stack} has no queue, rule with a pattern, function or role ${id}. mfa-enforcer doctor lists them.`,
    );
  }
  terminal.out(jsonText(document));
  return statuses.clean;
}

function doctorText(terminal: Terminal, findings: readonly Finding[]): string {
  return formatFindings(findings, { columns: columnsOf(terminal), color: wantsColor(terminal) });
}

function asJson(
  { stack, account, region, now }: DeploymentContext,
  findings: readonly Finding[],
): string {
  const count = (status: Finding['status']) =>
    findings.filter((one) => one.status === status).length;
  const data = {
    schema: 'mfa-enforcer/doctor/1',
    at: now.toISOString(),
    account,
    region,
    stack,
    ok: count('ok'),
    broken: count('broken'),
    unknown: count('unknown'),
    findings,
  };
  return jsonText(data);
}

const signs = { ok: '✔', broken: '✖', unknown: '?' } as const;
const words = { ok: 'ok', broken: 'BROKEN', unknown: 'unknown' } as const;
const styles: Readonly<Record<Finding['status'], Style>> = {
  ok: 'green',
  broken: 'red',
  unknown: 'yellow',
};
// "✖ BROKEN   failed messages  "
const WORD = 8;
const CHECK = 15;
const INDENT = 2 + WORD + 1 + CHECK + 1;
const NARROWEST = 40;

/**
 * Formats the findings for a person.
 * @param columns width of a line
 */
export function formatFindings(
  findings: readonly Finding[],
  { columns, color }: { readonly columns: number; readonly color: boolean },
): string {
  const paint = (style: Style, text: string) => (color ? styled(style, text) : text);
  const lines = findings.flatMap(({ check, status, message, fix }) => {
    const [first = '', ...more] = wrapText(oneLine(message), Math.max(NARROWEST, columns - INDENT));
    const word = paint(styles[status], `${signs[status]} ${words[status].padEnd(WORD)}`);
    return [
      `${word} ${check.padEnd(CHECK)} ${first}`,
      ...more.map((line) => ' '.repeat(INDENT) + line),
      ...fixLines(fix, columns, 2),
    ];
  });
  return `${[...lines, '', ...wrapText(summary(findings), columns)].join('\n')}\n`;
}

function summary(findings: readonly Finding[]): string {
  const count = (status: Finding['status']) =>
    findings.filter((one) => one.status === status).length;
  const [brokenOnes, unknownOnes] = [count('broken'), count('unknown')];
  if (brokenOnes + unknownOnes === 0) return 'No findings.';
  const parts = [
    ...(brokenOnes > 0 ? [`${countOf(brokenOnes, 'finding')}`] : []),
    ...(unknownOnes > 0 ? [`${countOf(unknownOnes, 'check')} could not run`] : []),
  ];
  return `${parts.join(', ')}.`;
}
