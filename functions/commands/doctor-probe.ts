import type { PathStage } from '../domain/deployment/event-path-stages.ts';
import { listAccounts } from '../io/organizations.ts';
import type { DeploymentContext } from '../pipeline/doctor/check.ts';
import { type ProbedAccount, probeEventPaths, type StageSeen } from '../pipeline/doctor/probe.ts';
import { readDeployment } from '../pipeline/doctor/read-deployment.ts';
import { padToCells, wrapText } from '../render/cells.ts';
import { jsonText } from '../render/report/json.ts';
import { countOf, durationText, oneLine } from '../render/report/text.ts';
import { type Style, styled } from '../render/terminal-text.ts';
import { fixLines } from './fix-lines.ts';
import { choiceOf } from './options.ts';
import {
  CLEAR_LINE,
  columnsOf,
  LINE_BEGIN,
  LINE_END,
  Refused,
  type Status,
  statuses,
  type Terminal,
  wantsColor,
} from './terminal.ts';

interface DoctorProbeOptions {
  readonly accounts?: string;
  readonly timeout?: number;
  readonly json?: boolean;
}

/** CloudTrail promises no time; its events usually come within seconds. */
const TIMEOUT_SECONDS = 300;

/**
 * Proves the event paths now: `doctor --probe`.
 * @returns clean if all are proven; findings if one is not; blind if nothing was written for one
 */
export async function doctorProbe(
  terminal: Terminal,
  context: DeploymentContext,
  options: DoctorProbeOptions,
): Promise<Status> {
  const read = await readDeployment(context);
  if (read === null) {
    throw new Refused(
      `Account ${context.account} has no stack ${context.stack}, so there is no event path to probe.`,
      'Name the stack with --stack.',
    );
  }
  const { deployment } = read;
  const { resources, parameters } = deployment.facts;
  if (!resources.has('StateTable') || parameters.Probe === undefined) {
    throw new Refused(
      `The stack ${context.stack} is of a release that probes no event path.`,
      'Deploy this release: mfa-enforcer deploy.',
    );
  }
  const accounts = await accountsOf(context, parameters.OrganizationId ?? '', options);
  const waiting = waitingLine(terminal, accounts.length);
  const { timeout = TIMEOUT_SECONDS } = options;
  const { now, pause } = terminal;
  const deps = { context, deployment, now, pause, limitMs: timeout * 1000 };
  const probed = await probeEventPaths(deps, accounts, waiting.draw).finally(waiting.clear);
  const { account, region, stack } = context;
  if (options.json) {
    const at = now().toISOString();
    const data = { schema: 'mfa-enforcer/doctor-probe/1', at, account, region, stack };
    terminal.out(jsonText({ ...data, accounts: probed }));
  } else {
    const look = { columns: columnsOf(terminal), color: wantsColor(terminal) };
    terminal.out(
      `Stack ${stack}, account ${account}, ${region}\n\n${probeText(probed, timeout, look)}`,
    );
  }
  if (probed.some(({ status }) => status === 'unproven')) return statuses.findings;
  return probed.every(({ status }) => status === 'proven') ? statuses.clean : statuses.blind;
}

/** The accounts to probe: those of --accounts, else all active ones that the stack manages. */
async function accountsOf(
  { account, clients }: DeploymentContext,
  organization: string,
  { accounts }: DoctorProbeOptions,
): Promise<readonly string[]> {
  const chosen = choiceOf(accounts === undefined ? {} : { accounts }).accounts;
  if (organization === '') {
    const other = chosen.find((one) => one !== account);
    if (other === undefined) return [account];
    throw new Refused(
      `The stack manages only account ${account}, and not ${other}.`,
      'An organization needs the parameter OrganizationId (docs/organization.md).',
    );
  }
  if (chosen.length > 0) return chosen;
  const all = await listAccounts(clients.organizations);
  return all.filter(({ active }) => active).map(({ id }) => id);
}

function waitingLine({ progress, err, now }: Terminal, all: number) {
  const from = now().getTime();
  const draw = (called: number, arrived: number) => {
    if (!progress) return;
    const seconds = Math.round((now().getTime() - from) / 1000);
    const text =
      all === 1
        ? called === 0
          ? 'waiting for the IAM call'
          : 'waiting for its event'
        : `${called} of ${countOf(all, 'account')} called, ${arrived} events arrived`;
    err(`${LINE_BEGIN}… ${text} (${seconds} s)${LINE_END}`);
  };
  const clear = () => {
    if (progress) err(CLEAR_LINE);
  };
  return { draw, clear };
}

const titles: Readonly<Record<PathStage, string>> = {
  request: 'request taken',
  call: 'IAM call',
  trail: 'trail',
  rule: 'rule',
  queue: 'queue',
  function: 'function',
  outcome: 'recorded',
};
const signs: Readonly<Record<StageSeen['status'], readonly [sign: string, style: Style]>> = {
  passed: ['✔', 'green'],
  broken: ['✖', 'red'],
  silent: ['·', 'yellow'],
  unknown: ['?', 'yellow'],
  after: ['·', 'dim'],
};
const words: Readonly<Record<StageSeen['status'], string>> = {
  passed: 'passed',
  broken: 'NOT REACHED: ',
  silent: 'not seen, and as deployed',
  unknown: 'not checked: ',
  after: 'after that',
};
const TITLE = 14;
const INDENT = 4 + TITLE + 1;
const NARROWEST = 40;

interface Look {
  readonly columns: number;
  readonly color: boolean;
}

/** The result for a person: a line for each proven path, and the stages of every other. */
export function probeText(
  probed: readonly ProbedAccount[],
  timeoutSeconds: number,
  look: Look,
): string {
  const unproven = probed.filter(({ status }) => status !== 'proven');
  const isAlone = probed.length === 1;
  const lines = probed.flatMap((one) => accountLines(one, isAlone, look));
  const isLate = unproven.some(
    ({ status, stages }) => status === 'unproven' && !stages.some((one) => one.status === 'broken'),
  );
  const late = `No check finds a fault. The event may be later than ${timeoutSeconds} s: CloudTrail promises no time. Run it again with a longer --timeout. The checks see no service control policies, and no permissions boundaries of the roles.`;
  return `${[
    ...lines,
    '',
    ...(isLate ? wrapText(late, look.columns) : []),
    `${probed.length - unproven.length} of ${countOf(probed.length, 'event path')} proven.`,
  ].join('\n')}\n`;
}

function accountLines(
  { account, latencyMs, status, stages }: ProbedAccount,
  isAlone: boolean,
  look: Look,
): string[] {
  const paint = (style: Style, text: string) => (look.color ? styled(style, text) : text);
  const isProven = status === 'proven';
  const result = isProven ? `proven in ${durationText(latencyMs ?? 0)}` : status;
  const [sign, style] = isProven ? signs.passed : signs.broken;
  const head = `${paint(style, sign)} ${account}  ${isProven ? result : paint('bold', result)}`;
  if (isProven && !isAlone) return [head];
  return [head, ...stages.flatMap((one) => stageLines(one, look))];
}

function stageLines(
  { stage, status, message, fix }: StageSeen,
  { columns, color }: Look,
): string[] {
  const [sign, style] = signs[status];
  const painted = color ? styled(style, sign) : sign;
  const text = oneLine(`${words[status]}${message ?? ''}`);
  const [first = '', ...more] = wrapText(text, Math.max(NARROWEST, columns - INDENT));
  return [
    `  ${painted} ${padToCells(titles[stage], TITLE)} ${first}`,
    ...more.map((line) => ' '.repeat(INDENT) + line),
    ...fixLines(fix, columns, 4),
  ];
}
