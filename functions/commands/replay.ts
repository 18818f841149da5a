import type { Command } from 'commander';
import type { Cause } from '../../events/cause.ts';
import {
  type Parsed,
  parseMessage,
  type Tampering,
  UnparsableMessage,
  type UserChange,
} from '../../events/message.ts';
import { ownResource } from '../domain/deployment/own-resources.ts';
import { reviewTasks, taskKey } from '../domain/review/tasks.ts';
import { formatSettings, type Settings } from '../domain/rules/settings.ts';
import { enforcerOf } from '../pipeline/review/enforcer.ts';
import type { ReviewDeps } from '../pipeline/review/review-deps.ts';
import type { ReviewResult } from '../pipeline/review/review-result.ts';
import { review } from '../pipeline/review/review-user.ts';
import { inMemoryStateStore } from '../pipeline/state-store.ts';
import { jsonText } from '../render/report/json.ts';
import { countOf } from '../render/report/text.ts';
import { type Account, connect } from './connect.ts';
import { describeError } from './errors.ts';
import { type AccountOptions, DEFAULT_STACK, withAccountOptions } from './options.ts';
import { progressBar } from './progress.ts';
import { type RecordedEvent, readRecordedEvents } from './recorded-events.ts';
import {
  manyText,
  nothingRead,
  oneText,
  type Replayed,
  type ReplayedDecision,
  type Unreadable,
  unreadableText,
} from './replay-text.ts';
import { reviewText } from './review-text.ts';
import {
  noLog,
  Refused,
  type Run,
  type Status,
  statuses,
  type Terminal,
  UsageError,
} from './terminal.ts';

interface ReplayOptions extends AccountOptions {
  readonly json?: boolean;
  readonly enforce?: boolean;
}

/** Adds `replay`. */
export function addReplay(program: Command, run: Run, terminal: Terminal): void {
  withAccountOptions(
    program
      .command('replay')
      .argument(
        '<file>',
        'CloudTrail events in any form: a record, EventBridge’s envelope, a trail’s file (also .gz), the output of lookup-events, rows of Athena or CloudTrail Lake (JSON, CSV), JSON lines; - for standard input',
      )
      .description(
        'Run recorded events through the pipeline: which users they concern, what would change',
      )
      .option('--enforce', 'make the changes, in enforce mode')
      .option('--json', 'print a JSON array: an element for each record')
      .addHelpText(
        'after',
        '\nExit status: 0 no change, 1 users would be changed or could not be changed, 2 usage error or no valid event,\n3 incomplete: some records or some data could not be read.\n\nExamples:\n  mfa-enforcer replay event.json\n  mfa-enforcer replay 111122223333_CloudTrail_us-east-1_20260301T1200Z_abc.json.gz\n  aws cloudtrail lookup-events | mfa-enforcer replay -',
      ),
  ).action((file: string, options: ReplayOptions) => run(() => replay(terminal, file, options)));
}

/** A record of the file that is an event. */
interface Read {
  readonly where: string;
  readonly event: Replayed['event'];
  readonly parsed: Parsed;
}

async function replay(terminal: Terminal, file: string, options: ReplayOptions): Promise<Status> {
  const readings = Array.from(await readRecordedEvents(terminal, file), readingOf);
  const read = readings.filter((one): one is Read => 'parsed' in one);
  const unreadable = readings.filter((one) => 'wrong' in one);
  if (read.length === 0) throw new UsageError(nothingRead(file, unreadable));
  const changes = read.flatMap(({ parsed }) => (parsed.kind === 'changes' ? parsed.changes : []));
  const isNeeded = changes.length > 0 || read.some(({ parsed }) => parsed.kind === 'tampering');
  const decided = isNeeded ? await decideAll(terminal, options, changes) : nothingToDecide;
  const replayed = read.map((one) => replayedOf(one, decided));
  if (options.json) {
    const wrong = unreadable.map((one) => ({ record: one.where, unreadable: one.wrong }));
    terminal.out(jsonText([...replayed, ...wrong]));
  } else if (readings.length === 1) {
    terminal.out(oneText(replayed[0] as Replayed));
  } else {
    terminal.out(manyText(replayed, unreadable.length, terminal.screen?.columns ?? Infinity));
  }
  terminal.err(unreadableText(unreadable, options.json ?? false));
  for (const problem of decided.problems) terminal.err(`Could not decide: ${problem}\n`);
  if (decided.problems.length > 0 || decided.isStale || unreadable.length > 0) {
    return statuses.blind;
  }
  const isSettled = [...decided.decisions.values()].every(
    ({ action, enforced }) => action === 'none' || enforced,
  );
  return isSettled ? statuses.clean : statuses.findings;
}

function readingOf(event: RecordedEvent): Read | Unreadable {
  if ('wrong' in event) return event;
  const { where, value } = event;
  try {
    const parsed = parseMessage(JSON.stringify(value));
    return { where, event: eventOf(parsed, value), parsed };
  } catch (error) {
    if (error instanceof UnparsableMessage) return { where, wrong: error.problem };
    // The stack of JSON.stringify.
    if (error instanceof RangeError) return { where, wrong: 'it is nested too deeply' };
    throw error;
  }
}

function replayedOf({ where, event, parsed }: Read, decided: Decided): Replayed {
  const changes = parsed.kind === 'changes' ? parsed.changes : [];
  const { account } = decided;
  const isDecided = account !== null && (changes.length > 0 || parsed.kind === 'tampering');
  return {
    record: where,
    event,
    users: [...new Set(changes.map(({ user }) => user))],
    ...about(parsed, account),
    decidedBy: isDecided ? formatSettings(account.settings) : null,
    settingsFrom: isDecided ? account.settingsFrom : null,
    decisions: [...new Set(changes.map(taskKey))].flatMap(
      (key) => decided.decisions.get(key) ?? [],
    ),
  };
}

function eventOf(parsed: Parsed, value: unknown): Replayed['event'] {
  const outer = value as { detail?: Record<string, unknown> } & Record<string, unknown>;
  const record = outer.detail ?? outer;
  const cause = causeOf(parsed);
  if (cause === null || cause.kind === 'sweep') {
    const [id, name, time] = [record.eventID ?? outer.id, record.eventName, record.eventTime].map(
      (field) => (typeof field === 'string' ? field : null),
    );
    return { id: id ?? null, name: name ?? null, time: time ?? null };
  }
  const { eventId, eventName, eventTime, actor } = cause;
  return { id: eventId, name: eventName, time: eventTime, actor };
}

function causeOf(parsed: Parsed): Cause | null {
  switch (parsed.kind) {
    case 'changes':
      return parsed.changes[0]?.cause ?? null;
    case 'access':
    case 'policy':
      return parsed.change.cause;
    case 'tampering':
      return parsed.tampering.cause;
    case 'probe':
      return parsed.probe.cause;
    case 'orphan':
      return parsed.request.cause;
    case 'name-taken':
      return parsed.taken.cause;
    case 'dropped':
    case 'unpublished':
      return null;
    default:
      return parsed satisfies never;
  }
}

/** What an event is about, and why no user is reviewed; null where one is, or where the deployment is not known. */
function about(parsed: Parsed, account: Account | null): Pick<Replayed, 'about' | 'dropped'> {
  switch (parsed.kind) {
    case 'dropped':
      return { about: 'nothing', dropped: parsed.reason };
    case 'changes':
      return parsed.changes.length === 0
        ? { about: 'nothing', dropped: 'the event concerns no user' }
        : { about: 'users', dropped: null };
    case 'access': {
      const dropped = `the event is recorded for the enrolment rules of ${parsed.change.user}, and leads to no review`;
      return { about: 'nothing', dropped };
    }
    case 'policy': {
      const dropped = `the event concerns the policy ${parsed.change.policyArn}, which the pipeline would check, and no user`;
      return { about: 'enforcer', dropped };
    }
    case 'tampering':
      return account === null
        ? { about: 'enforcer', dropped: null }
        : describeTampering(parsed.tampering, namesOf(account));
    case 'probe': {
      const dropped = `the event concerns a tag of the policy ${parsed.probe.policyArn}, which a probe of the event path writes, and no user`;
      return { about: 'enforcer', dropped };
    }
    case 'orphan':
      return { about: 'nothing', dropped: 'the message is about an unassigned MFA device' };
    case 'name-taken':
      return {
        about: 'nothing',
        dropped: `the name of the device ${parsed.taken.serial} was taken: reported where ${parsed.taken.user} has no MFA device`,
      };
    case 'unpublished':
      return { about: 'nothing', dropped: 'the message is an outcome that waits to be published' };
    default:
      return parsed satisfies never;
  }
}

/** Names that the enforcer's own resources are derived from. */
interface Names {
  readonly stack: string;
  readonly policyName: string;
  readonly parameters: readonly string[];
}

function namesOf({ settings, settingsFrom, parameters }: Account): Names {
  return {
    stack: settingsFrom.stack ?? DEFAULT_STACK,
    policyName: settings.denyGroup,
    parameters: [
      parameters?.SlackWebhookParameter ?? '/mfa-enforcer/slack-webhook',
      parameters?.NotifyTextParameter ?? '/mfa-enforcer/mail-text',
    ],
  };
}

/** Describes tampering. The record may be of the hub or of a spoke: both have resources of the enforcer. */
function describeTampering(
  tampering: Tampering,
  { stack, policyName, parameters }: Names,
): Pick<Replayed, 'about' | 'dropped'> {
  const { account, call } = tampering;
  const settings = { account, denyGroup: policyName };
  const hub = { account, stack, parameters };
  const own =
    ownResource(tampering, settings, hub) ??
    ownResource(tampering, settings, { ...hub, account: '' });
  if (own === undefined && tampering.resources.length > 0) {
    const dropped = `the event concerns no resource of the enforcer (stack ${stack}, policy ${policyName})`;
    return { about: 'nothing', dropped };
  }
  const which = own === undefined ? '' : ` (${own})`;
  const dropped = `the event concerns no user and would be reported as tampering: ${call.text}${which}`;
  return { about: 'enforcer', dropped };
}

/** The decisions about all users of the file: each is read once, however many events concern the user. */
interface Decided {
  readonly account: Account | null;
  /** By the key of the user's task. */
  readonly decisions: ReadonlyMap<string, ReplayedDecision>;
  readonly isStale: boolean;
  /** Why users have no decision. */
  readonly problems: readonly string[];
}

const nothingToDecide: Decided = {
  account: null,
  decisions: new Map(),
  isStale: false,
  problems: [],
};

async function decideAll(
  terminal: Terminal,
  options: ReplayOptions,
  changes: readonly UserChange[],
): Promise<Decided> {
  let account: Account;
  try {
    account = await connect(terminal, options);
  } catch (error) {
    // The events and their users are known without a call to AWS.
    return { ...nothingToDecide, problems: [textOf(error)] };
  }
  const { iam, settings } = account;
  if (options.enforce && settings.mode === 'enforce' && settings.graceHours > 0) {
    throw new Refused(
      'replay --enforce does not read which users have time to enrol (GraceHours). Nothing was changed.',
      'Run mfa-enforcer sweep instead, which reads it.',
    );
  }
  const own = changes.filter((change) => change.account === settings.account);
  const stateStore = inMemoryStateStore();
  const asked: Settings = options.enforce ? settings : { ...settings, mode: 'observe' };
  const deps: ReviewDeps = {
    iam,
    settings: asked,
    enforcer: enforcerOf(iam, asked, stateStore, terminal.now, noLog),
    stateStore,
    now: terminal.now,
    publish: async () => undefined,
    log: noLog,
  };
  const tasks = reviewTasks(own, settings);
  const decisions = new Map<string, ReplayedDecision>();
  const problems = strangersOf(changes, settings.account);
  let isStale = false;
  const progress = tasks.length > 1 ? progressBar(terminal, 'Reading users', tasks.length) : null;
  try {
    for (const task of tasks) {
      const result = await review(deps, task);
      isStale ||= result.kind === 'stale';
      decisions.set(taskKey(task), decisionOf(task.user, result, asked.mode));
      progress?.tick();
    }
  } catch (error) {
    const left = tasks.length - decisions.size;
    const about = tasks.length > 1 ? `${left} of ${tasks.length} users: ` : '';
    problems.push(about + textOf(error));
  } finally {
    progress?.done();
  }
  return { account, decisions, isStale, problems };
}

/** @throws the error itself where the command was used wrongly */
function textOf(error: unknown): string {
  const { status, text } = describeError(error);
  if (status === statuses.usage) throw error;
  return text;
}

function decisionOf(user: string, result: ReviewResult, mode: Settings['mode']): ReplayedDecision {
  const { action, done, message } = reviewText(result);
  const decision = result.kind === 'reviewed' ? result.userRead.decision : null;
  return {
    user,
    action: decision?.action ?? action,
    status: decision?.status ?? null,
    blocked: decision?.blocked ?? null,
    reasons: decision?.reasons ?? [],
    enforced: mode === 'enforce' && done && action !== 'none',
    message,
  };
}

/** One problem for each other account whose users the events concern. */
function strangersOf(changes: readonly UserChange[], own: string): string[] {
  const users = new Map<string, Set<string>>();
  for (const change of changes) {
    if (change.account === own) continue;
    const known = users.get(change.account) ?? new Set();
    users.set(change.account, known.add(taskKey(change)));
  }
  return [...users].map(
    ([account, keys]) =>
      `${countOf(keys.size, 'user')} of account ${account}: the credentials are for account ${own}. Name a profile of account ${account} with --profile.`,
  );
}
