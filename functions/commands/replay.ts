import type { Command } from 'commander';
import type { Cause } from '../../events/cause.ts';
import {
  type Parsed,
  parseMessage,
  type Tampering,
  UnparsableMessage,
  type UserChange,
} from '../../events/message.ts';
import type { Reason } from '../../events/outcome.ts';
import type { SettingsFrom } from '../../events/settings-from.ts';
import { ownResource } from '../domain/deployment/own-resources.ts';
import { reviewTasks } from '../domain/review/tasks.ts';
import { formatSettings, type Settings } from '../domain/rules/settings.ts';
import { enforcerOf } from '../pipeline/review/enforcer.ts';
import type { ReviewDeps } from '../pipeline/review/review-deps.ts';
import { review } from '../pipeline/review/review-user.ts';
import { inMemoryStateStore } from '../pipeline/state-store.ts';
import { jsonText } from '../render/report/json.ts';
import { settingsLine } from '../render/report/text.ts';
import { type Account, connect } from './connect.ts';
import { describeError } from './errors.ts';
import { type AccountOptions, DEFAULT_STACK, withAccountOptions } from './options.ts';
import { otherThanEvent, readEvent } from './recorded-event.ts';
import { reviewText } from './review-text.ts';
import { noLog, type Run, type Status, statuses, type Terminal, UsageError } from './terminal.ts';

interface ReplayOptions extends AccountOptions {
  readonly json?: boolean;
  readonly enforce?: boolean;
}

/** What `replay --json` prints. */
interface Replayed {
  readonly event: object;
  /** Names of the users to review. */
  readonly users: readonly string[];
  /** Why no user is reviewed, or null. */
  readonly dropped: string | null;
  /** Null where no settings were needed, or they could not be read. */
  readonly decidedBy: string | null;
  readonly settingsFrom: SettingsFrom | null;
  readonly decisions: readonly ReplayedDecision[];
}

interface ReplayedDecision {
  readonly user: string;
  readonly action: 'block' | 'unblock' | 'none';
  readonly status: string | null;
  readonly blocked: boolean | null;
  readonly reasons: readonly Reason[];
  readonly enforced: boolean;
  readonly message: string;
}

/** Adds `replay`. */
export function addReplay(program: Command, run: Run, terminal: Terminal): void {
  withAccountOptions(
    program
      .command('replay')
      .argument(
        '<file>',
        'CloudTrail event as JSON, with or without EventBridge’s envelope; - for standard input',
      )
      .description(
        'Run one recorded event through the pipeline: which users it concerns, what would change',
      )
      .option('--enforce', 'make the change, in enforce mode')
      .option('--json', 'print JSON')
      .addHelpText(
        'after',
        "\nExit status: 0 no change, 1 users would be changed or could not be changed, 2 usage error or no valid event,\n3 incomplete: some data could not be read.\n\nExamples:\n  mfa-enforcer replay event.json\n  jq '.Records[0]' trail.json | mfa-enforcer replay -",
      ),
  ).action((file: string, options: ReplayOptions) => run(() => replay(terminal, file, options)));
}

async function replay(terminal: Terminal, file: string, options: ReplayOptions): Promise<Status> {
  const body = await readEvent(terminal, file);
  const parsed = parse(body, file);
  const changes = parsed.kind === 'changes' ? parsed.changes : [];
  const event = eventOf(parsed, body);
  const users = [...new Set(changes.map(({ user }) => user))];
  const unsettled = { event, users, dropped: null, decidedBy: null, settingsFrom: null };
  if (changes.length === 0 && parsed.kind !== 'tampering') {
    const dropped = droppedBecause(parsed);
    show(terminal, options, { ...unsettled, dropped, decisions: [] });
    return statuses.clean;
  }
  try {
    const account = await connect(terminal, options);
    const { settings, settingsFrom } = account;
    const replayed = {
      ...unsettled,
      decidedBy: formatSettings(settings),
      settingsFrom,
      decisions: [],
    };
    if (parsed.kind === 'tampering') {
      const dropped = describeTampering(parsed.tampering, namesOf(account));
      show(terminal, options, { ...replayed, dropped });
      return statuses.clean;
    }
    const { decisions, isStale } = await decideAll(
      terminal,
      account,
      changes,
      options.enforce ?? false,
    );
    show(terminal, options, { ...replayed, decisions });
    if (isStale) return statuses.blind;
    const settled = decisions.every(({ action, enforced }) => action === 'none' || enforced);
    return settled ? statuses.clean : statuses.findings;
  } catch (error) {
    const { status, text } = describeError(error);
    if (status === statuses.usage) throw error;
    // The event and its users are known without a call to AWS.
    show(terminal, options, { ...unsettled, decisions: [] });
    terminal.err(`Could not decide: ${text}\n`);
    return status;
  }
}

function parse(body: string, file: string): Parsed {
  try {
    return parseMessage(body);
  } catch (error) {
    if (!(error instanceof UnparsableMessage)) throw error;
    const from = file === '-' ? 'standard input' : file;
    throw new UsageError(
      `Cannot read an event from ${from}: ${otherThanEvent(body, file) ?? error.problem}`,
    );
  }
}

function eventOf(parsed: Parsed, body: string): object {
  const value = JSON.parse(body) as { detail?: Record<string, unknown> } & Record<string, unknown>;
  const record = value.detail ?? value;
  const cause = causeOf(parsed);
  if (cause === null || cause.kind === 'sweep') {
    const id = record.eventID ?? value.id ?? null;
    return { id, name: record.eventName ?? null, time: record.eventTime ?? null };
  }
  const { eventId, eventName, eventTime, actor } = cause;
  return { id: eventId, name: eventName, time: eventTime, actor };
}

function causeOf(parsed: Parsed): Cause | null {
  switch (parsed.kind) {
    case 'changes':
      return parsed.changes[0]?.cause ?? null;
    case 'policy':
      return parsed.change.cause;
    case 'tampering':
      return parsed.tampering.cause;
    case 'dropped':
    case 'unpublished':
      return null;
    default:
      return parsed satisfies never;
  }
}

function droppedBecause(parsed: Exclude<Parsed, { kind: 'tampering' }>): string | null {
  switch (parsed.kind) {
    case 'dropped':
      return parsed.reason;
    case 'changes':
      return parsed.changes.length === 0 ? 'the event concerns no user' : null;
    case 'policy':
      return `the event concerns the policy ${parsed.change.policyArn}, which the pipeline would check, and no user`;
    case 'unpublished':
      return 'the message is an outcome that waits to be published';
    default:
      return parsed satisfies never;
  }
}

/** Names that the enforcer's own resources are derived from. */
interface Names {
  readonly stack: string;
  readonly policyName: string;
  readonly webhookParameter: string;
}

function namesOf({ settings, settingsFrom, parameters }: Account): Names {
  return {
    stack: settingsFrom.stack ?? DEFAULT_STACK,
    policyName: settings.denyGroup,
    webhookParameter: parameters?.SlackWebhookParameter ?? '/mfa-enforcer/slack-webhook',
  };
}

/** Describes tampering. The record may be of the hub or of a spoke: both have resources of the enforcer. */
function describeTampering(tampering: Tampering, { stack, policyName, webhookParameter }: Names) {
  const { account, call } = tampering;
  const settings = { account, denyGroup: policyName };
  const hub = { account, stack, webhookParameter };
  const own =
    ownResource(tampering, settings, hub) ??
    ownResource(tampering, settings, { ...hub, account: '' });
  if (own === undefined && tampering.resources.length > 0) {
    return `the event concerns no resource of the enforcer (stack ${stack}, policy ${policyName})`;
  }
  const which = own === undefined ? '' : ` (${own})`;
  return `the event concerns no user and would be reported as tampering: ${call.text}${which}`;
}

async function decideAll(
  terminal: Terminal,
  { iam, settings }: Account,
  changes: readonly UserChange[],
  enforce: boolean,
): Promise<{ decisions: ReplayedDecision[]; isStale: boolean }> {
  const of = changes[0]?.account;
  if (of !== settings.account) {
    throw new Error(
      `The event is from account ${of}, but the credentials are for account ${settings.account}. Name a profile of account ${of} with --profile.`,
    );
  }
  const stateStore = inMemoryStateStore();
  const asked: Settings = enforce ? settings : { ...settings, mode: 'observe' };
  const deps: ReviewDeps = {
    iam,
    settings: asked,
    enforcer: enforcerOf(iam, asked, stateStore, terminal.now, noLog),
    stateStore,
    now: terminal.now,
    publish: async () => undefined,
    log: noLog,
  };
  const decisions: ReplayedDecision[] = [];
  let isStale = false;
  for (const task of reviewTasks(changes, settings)) {
    const result = await review(deps, task);
    const { action, done, message } = reviewText(result);
    isStale ||= result.kind === 'stale';
    const decision = result.kind === 'reviewed' ? result.userRead.decision : null;
    decisions.push({
      user: task.user,
      action: decision?.action ?? action,
      status: decision?.status ?? null,
      blocked: decision?.blocked ?? null,
      reasons: decision?.reasons ?? [],
      enforced: asked.mode === 'enforce' && done && action !== 'none',
      message,
    });
  }
  return { decisions, isStale };
}

function show(terminal: Terminal, { json }: ReplayOptions, replayed: Replayed): void {
  if (json) {
    terminal.out(jsonText(replayed));
    return;
  }
  const { name, time } = replayed.event as { name?: string; time?: string };
  terminal.out(`Event    ${name ?? 'unknown'}${time ? ` at ${time}` : ''}\n`);
  if (replayed.dropped !== null) terminal.out(`Dropped  ${replayed.dropped}\n`);
  if (replayed.users.length > 0) terminal.out(`Users    ${replayed.users.join(', ')}\n`);
  for (const { user, message } of replayed.decisions)
    terminal.out(`         ${user}: ${message}\n`);
  const { decidedBy, settingsFrom } = replayed;
  if (decidedBy !== null && settingsFrom !== null) {
    terminal.out(`${settingsLine({ decidedBy, settingsFrom })}\n`);
  }
}
