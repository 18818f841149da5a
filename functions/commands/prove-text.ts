import type { StageResult } from '../pipeline/prove/prove.ts';
import type { StageName } from '../pipeline/prove/stages.ts';
import { padToCells, wrapText } from '../render/cells.ts';
import { countOf, oneLine } from '../render/report/text.ts';
import { type Style, styled } from '../render/terminal-text.ts';
import { CLEAR_LINE, LINE_BEGIN, LINE_END, type Terminal } from './terminal.ts';

/** A stage in the table, and what a person waits for meanwhile. */
const titles: Readonly<Record<StageName, { readonly title: string; readonly waiting: string }>> = {
  create: { title: 'user created', waiting: 'creating the user' },
  report: { title: 'block reported', waiting: 'waiting for the message' },
  'lose-device': { title: 'device lost', waiting: 'assigning and deactivating an MFA device' },
  block: { title: 'blocked', waiting: 'waiting for the block' },
  deny: { title: 'key denied', waiting: 'calling with the access key' },
  enrol: { title: 'enrolled', waiting: 'enrolling an MFA device' },
  unblock: { title: 'unblocked', waiting: 'waiting for the unblock' },
  session: { title: 'MFA allowed', waiting: 'waiting for the next code, and calling with MFA' },
  delete: { title: 'deleted', waiting: 'deleting what was created' },
};

const signs: Readonly<Record<StageResult['status'], readonly [sign: string, style: Style]>> = {
  proven: ['✔', 'green'],
  'not-provable': ['–', 'yellow'],
  failed: ['✖', 'red'],
  error: ['?', 'red'],
  interrupted: ['✖', 'yellow'],
};

const TITLE = 15;
const TIME = 8;
const INDENT = 2 + TITLE + TIME + 2;
const NARROWEST = 40;

/** The line of a stage: "✔ blocked           1.2 s  ForceMFA is attached to the user". */
export function stageRow(
  { stage, status, ms, message }: StageResult,
  { columns, color }: { readonly columns: number; readonly color: boolean },
): string {
  const [sign, style] = signs[status];
  const not = status === 'proven' ? '' : notText[status];
  const text = oneLine(not === '' ? message : `${not}: ${message}`);
  const [first = '', ...more] = wrapText(text, Math.max(NARROWEST, columns - INDENT));
  const painted = color ? styled(style, sign) : sign;
  const time = `${(ms / 1000).toFixed(1)} s`.padStart(TIME);
  const lines = [
    `${painted} ${padToCells(titles[stage].title, TITLE)}${time}  ${first}`,
    ...more.map((line) => ' '.repeat(INDENT) + line),
  ];
  return `${lines.join('\n')}\n`;
}

const notText: Readonly<Record<Exclude<StageResult['status'], 'proven'>, string>> = {
  'not-provable': 'not provable here',
  failed: 'FAILED',
  error: 'could not be done',
  interrupted: 'stopped',
};

/**
 * The last lines: how much was proven, and what this deployment or this place cannot show.
 * @param all how many stages there are
 */
export function stageSummary(
  results: readonly StageResult[],
  all: number,
  mode: 'enforce' | 'observe',
): string {
  const of = (status: StageResult['status']) => results.filter((one) => one.status === status);
  const ms = results.reduce((sum, one) => sum + one.ms, 0);
  const lines = [
    `${of('proven').length} of ${countOf(all, 'stage')} proven, in ${(ms / 1000).toFixed(0)} s.`,
  ];
  if (mode === 'observe') {
    lines.push(
      'In observe mode no user is changed in IAM. So the block, the denial, the unblock and the session with MFA',
      'cannot be proven. Run it again after mfa-enforcer deploy --mode enforce.',
    );
  }
  if (of('failed').length > 0) lines.push('mfa-enforcer doctor names what is broken.');
  return lines.join('\n');
}

/** Shows on a terminal what a run waits for, with the seconds. Elsewhere a line says that a stage has begun. */
export function waitingFor({ progress, err, now }: Pick<Terminal, 'progress' | 'err' | 'now'>): {
  readonly begin: (stage: StageName) => void;
  readonly tick: () => void;
  readonly end: () => void;
} {
  let waiting = '';
  let from = 0;
  const draw = () => {
    const seconds = Math.round((now().getTime() - from) / 1000);
    err(`${LINE_BEGIN}… ${waiting}${seconds < 1 ? '' : ` (${seconds} s)`}${LINE_END}`);
  };
  return {
    begin: (stage) => {
      waiting = titles[stage].waiting;
      from = now().getTime();
      if (progress) draw();
      else err(`… ${waiting}\n`);
    },
    tick: () => {
      if (progress) draw();
    },
    end: () => {
      if (progress) err(CLEAR_LINE);
    },
  };
}
