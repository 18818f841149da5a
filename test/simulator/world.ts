import type { Outcome } from '../../events/outcome.ts';
import type { Settings } from '../../functions/domain/rules/settings.ts';
import { MemoryDynamo } from '../fakes/memory-dynamo.ts';
import { Account } from './account.ts';
import { ProbeForgers } from './adversary/forged-probes.ts';
import type { Environment } from './environment.ts';
import { EventBus } from './event-bus.ts';
import type { Instance } from './instance.ts';
import { Alerts } from './invariants/alerts.ts';
import { watchBlock, watchLimit, watchOpen, watchUnblocked } from './invariants/blocks.ts';
import { Contests } from './invariants/contests.ts';
import { EventPaths } from './invariants/event-path.ts';
import { Graces } from './invariants/graces.ts';
import { watchDone, watchFailed, watchQueue } from './invariants/messages.ts';
import { Pauses } from './invariants/pauses.ts';
import { Verdict } from './invariants/verdict.ts';
import { LambdaFunction, Mapping } from './lambda.ts';
import { Queue } from './queue.ts';
import { Slack } from './slack.ts';
import { StoredReservations } from './stored-reservations.ts';
import type { Tally } from './tally.ts';
import { Transport } from './transport.ts';
import {
  type Surroundings,
  startNightlySweep,
  startNotifySlack,
  startOnIamChange,
} from './wiring.ts';

const URLS = {
  changes: 'https://sqs.us-east-1.amazonaws.com/111122223333/iam-changes',
  sweeps: 'https://sqs.us-east-1.amazonaws.com/111122223333/sweeps',
  outcomes: 'https://sqs.us-east-1.amazonaws.com/111122223333/outcomes',
  outcomesFailed: 'https://sqs.us-east-1.amazonaws.com/111122223333/outcomes-failed',
};

/** Everything there is: the account, the queues, the functions, Slack, and what is watched. */
export class World {
  readonly environment: Environment;
  readonly account: Account;
  readonly changes: Queue;
  readonly sweeps: Queue;
  readonly outcomes: Queue;
  readonly bus: EventBus;
  readonly transport: Transport;
  readonly slack: Slack;
  readonly dynamo = new MemoryDynamo();
  readonly verdict: Verdict;
  readonly alerts = new Alerts();
  readonly paths: EventPaths;
  readonly contests: Contests;
  readonly graces: Graces;
  /** Nothing of AWS fails, so only attackers can fill the queue. */
  isCalm = false;
  readonly published: { readonly at: number; readonly outcome: Outcome }[] = [];
  /** Sweeps that failed for good, each an alarm. */
  readonly sweepsFailed: number[] = [];
  /** User → how often the enforcer wrote to IAM about the user. */
  readonly written = new Map<string, number>();
  readonly onIamChange: LambdaFunction;
  readonly #notifySlack: LambdaFunction;
  readonly #nightlySweep: LambdaFunction;
  readonly #reservations: StoredReservations;
  readonly #pauses: Pauses;
  #mostUsers = 0;
  #fewestUsers = Number.POSITIVE_INFINITY;
  #sweeps = 0;

  constructor(environment: Environment, settings: Settings, checks: Tally) {
    this.environment = environment;
    this.verdict = new Verdict(environment.clock, checks, environment.trace);
    this.paths = new EventPaths(environment, this.verdict);
    this.account = new Account(environment, settings);
    this.contests = new Contests(environment, this.verdict, this.account);
    this.graces = new Graces(environment, this.account, this.verdict);
    this.#reservations = new StoredReservations(environment.clock);
    this.#pauses = new Pauses(environment);
    // serverless.yml, infra/iam-changes.yml, infra/outcomes.yml.
    this.changes = new Queue(environment, {
      name: 'iam-changes',
      url: URLS.changes,
      visibilityMs: 180_000,
      maxReceives: 5,
    });
    this.sweeps = new Queue(environment, {
      name: 'sweeps',
      url: URLS.sweeps,
      visibilityMs: 960_000,
      maxReceives: 3,
    });
    this.outcomes = new Queue(environment, {
      name: 'outcomes',
      url: URLS.outcomes,
      visibilityMs: 363_000,
      maxReceives: 1000,
    });
    this.bus = new EventBus(environment, settings, this.changes, this.outcomes);
    this.bus.onEvent = (body) => this.contests.recorded(body);
    this.slack = new Slack(environment);
    this.transport = new Transport(environment, {
      iam: (action, input, instance) => this.account.call(action, input, instance),
      sqs: (action, input, instance) => this.#sqs(action, input, instance),
      events: (_action, { Entries }, instance) =>
        this.#putEvents(Entries as Record<string, unknown>[], instance),
      dynamodb: (action, input, instance) => this.#dynamodb(action, input, instance),
      ssm: () => ({ Parameter: { Value: 'https://hooks.slack.com/services/T/B/simulated' } }),
    });
    const around: Surroundings = {
      clock: environment.clock,
      random: environment.random.fork('functions'),
      transport: this.transport,
      settings,
      urls: URLS,
      post: () => this.slack.post(),
      onLog: (instance, level, message, values) => this.#logged(instance, level, message, values),
    };
    this.onIamChange = new LambdaFunction(environment, {
      name: 'on-iam-change',
      timeoutMs: 60_000,
      start: (instance) => startOnIamChange(around, instance),
    });
    this.#notifySlack = new LambdaFunction(environment, {
      name: 'notify-slack',
      timeoutMs: 60_000,
      start: (instance) => startNotifySlack(around, instance),
    });
    this.#nightlySweep = new LambdaFunction(environment, {
      name: 'nightly-sweep',
      timeoutMs: 900_000,
      start: (instance) => startNightlySweep(around, instance),
    });
    const changes = new Mapping(environment, this.changes, this.onIamChange, {
      batchSize: 10,
      windowMs: 0,
      instances: 2,
    });
    new Mapping(environment, this.outcomes, this.#notifySlack, {
      batchSize: 10,
      windowMs: 3_000,
      instances: 2,
    });
    const sweeps = new Mapping(environment, this.sweeps, this.#nightlySweep, {
      batchSize: 1,
      windowMs: 0,
      instances: 5,
    });
    changes.onDone = (record, invocation) => {
      watchDone(this.verdict, this.changes, record, invocation);
      this.paths.handled(record.body);
    };
    sweeps.onDone = ({ body }, invocation) => this.paths.checked(body, invocation);
    // The sweep is left out: when it stops, only readings are under way.
    for (const target of [this.onIamChange, this.#notifySlack]) {
      target.onAnswer = ({ name, inFlight, gaveUp }) =>
        this.verdict.check(
          'nothing runs on',
          inFlight === 0 || gaveUp,
          () => `${name} answered with ${inFlight} calls under way`,
        );
    }
    this.#watchAccount();
  }

  /** The nightly schedule: tried three times, then a failed message (infra/sweep.yml). */
  startSweep(): void {
    this.#sweeps += 1;
    const event = { id: `sweep-${this.#sweeps}` };
    const { clock, trace, counts, faults } = this.environment;
    trace.note('schedule', event.id);
    counts.add('sweeps');
    const attempt = async (left: number) => {
      const result = await this.#nightlySweep.invoke(event);
      if (result.kind === 'answer') return;
      faults.add('sweep failed');
      if (left > 0) clock.after(left === 2 ? 60_000 : 120_000, () => void attempt(left - 1));
      else this.sweepsFailed.push(clock.now);
    };
    void attempt(2);
  }

  /** All that is left are refused users, who wait for room. */
  get onlyWaitsForRoom(): boolean {
    const { changes, sweeps, outcomes } = this;
    const waiting = changes.waiting + sweeps.waiting + outcomes.waiting;
    return waiting === changes.waitingForRoom.length;
  }

  /** After each step. */
  look(): void {
    const { length } = this.account.users;
    this.#mostUsers = Math.max(this.#mostUsers, length);
    this.#fewestUsers = Math.min(this.#fewestUsers, length);
    if (!this.isCalm) return;
    watchQueue(this.environment.clock, this.verdict, this.changes, this.bus.sent, length);
  }

  #watchAccount(): void {
    const { account, environment, verdict, alerts } = this;
    account.onRecord = (recorded) => this.bus.record(recorded);
    const forgers = new ProbeForgers(environment, account);
    account.onTag = ({ Tags }) => {
      const [{ Value }] = Tags as [{ readonly Value: string }];
      this.paths.called(Value, this.bus.sent.at(-1)?.id ?? '');
      forgers.seen(Value);
    };
    account.onChange = (user, instance, action) => {
      alerts.action(kindOf(action), user, originOf(instance));
    };
    this.transport.onDoubt = (action, { UserName }, instance, begunAt) => {
      if (typeof UserName !== 'string' || /^(Get|List|Simulate)/.test(action)) return;
      alerts.uncertain(kindOf(action), UserName, originOf(instance), begunAt);
    };
    account.onWrite = (user, instance) => {
      this.written.set(user, (this.written.get(user) ?? 0) + 1);
      verdict.check(
        'observe writes nothing',
        account.settings.mode === 'enforce',
        () => `${instance.name} wrote to ${user}`,
      );
    };
    account.onBlock = (user, instance) => {
      environment.counts.add('attachments');
      alerts.done('user-blocked', user, originOf(instance), environment.clock.now);
      watchBlock(environment, account, verdict, instance, user);
      this.#pauses.watchBlock(account, verdict, instance, user);
      this.contests.blocked(user, instance);
      this.graces.watchBlock(user);
      watchLimit(environment, account, verdict, this.#mostUsers);
    };
    account.onUnblock = (user, instance) => {
      environment.counts.add('unblocks');
      const { noteLost } = instance.origin.journal;
      alerts.done('user-unblocked', user, originOf(instance), environment.clock.now, noteLost);
    };
  }

  #sqs(action: string, input: Record<string, unknown>, instance: Instance): object {
    const queue = this.#queueOf(String(input.QueueUrl));
    const { profile, faults } = this.environment;
    switch (action) {
      case 'SendMessage': {
        const body = String(input.MessageBody);
        if (input.QueueUrl === URLS.outcomesFailed) this.outcomes.failedMessages.push(body);
        else queue.send(body, Number(input.DelaySeconds ?? 0));
        instance.origin.journal.sentBack.add(body);
        return { MessageId: 'm' };
      }
      case 'SendMessageBatch': {
        const Successful: object[] = [];
        const Failed: object[] = [];
        type Entry = { Id: string; MessageBody: string; DelaySeconds?: number };
        for (const { Id, MessageBody, DelaySeconds } of input.Entries as Entry[]) {
          if (this.environment.random.chance(profile.entryRefused * 0.3)) {
            faults.add('entry refused (sqs)');
            Failed.push({ Id, Code: 'InternalError', SenderFault: false });
            continue;
          }
          queue.send(MessageBody, DelaySeconds);
          Successful.push({ Id });
        }
        return { Successful, Failed };
      }
      case 'ChangeMessageVisibility':
        queue.hide(String(input.ReceiptHandle), Number(input.VisibilityTimeout));
        return {};
      default:
        throw new Error(`the simulated SQS does not know ${action}`);
    }
  }

  #queueOf(url: string): Queue {
    const all = [this.changes, this.sweeps, this.outcomes];
    return all.find((queue) => queue.options.url === url) ?? this.outcomes;
  }

  async #dynamodb(
    action: string,
    input: Record<string, unknown>,
    instance: Instance,
  ): Promise<object> {
    const { id, body } = (input.Item ?? {}) as { id?: { S?: string }; body?: { S?: string } };
    const [, sent, last] = /^(?:sent\/\w+\/(.*)|last\/(.*))$/.exec(id?.S ?? '') ?? [];
    if (sent !== undefined && action === 'PutItem') this.alerts.noted(sent);
    // The history has one entry for all findings that repeat each night: their last outcome.
    if (last !== undefined && action === 'PutItem') {
      for (const { body } of instance.origin.records) {
        const { detail } = JSON.parse(body) as { detail: Outcome };
        if (detail.id.startsWith(`${last}/`)) this.alerts.noted(detail.id);
      }
    }
    const answer = await this.dynamo.send(new (commandNamed(action))(input));
    if (id?.S?.startsWith('breaker/')) this.#reservations.written(body?.S ?? '');
    if (id?.S && action === 'PutItem') {
      this.#pauses.written(id.S, body?.S ?? '');
      this.graces.written(id.S, body?.S ?? '');
      this.paths.written(id.S, body?.S ?? '', instance);
    }
    return answer;
  }

  #putEvents(entries: readonly Record<string, unknown>[], instance: Instance): object {
    const answer = this.bus.put(entries) as { Entries: object[] };
    entries.forEach((entry, index) => {
      if (!('EventId' in (answer.Entries[index] ?? {}))) return;
      const outcome = JSON.parse(String(entry.Detail)) as Outcome;
      this.alerts.published.set(outcome.id, outcome);
      this.published.push({ at: this.environment.clock.now, outcome });
      instance.origin.journal.outcomes.add(outcome.id);
      // A sweep's alert that EventBridge refused waits in the queue of IAM changes.
      const isSweeps = instance.origin.records.some(({ body }) => body.includes(outcome.id));
      if (
        outcome.kind === 'breaker-open' &&
        instance.functionName === 'on-iam-change' &&
        !isSweeps
      ) {
        const { environment, account, verdict } = this;
        const at = Date.parse(outcome.at);
        watchOpen(environment, account, verdict, this.#fewestUsers, this.#reservations, at);
      }
      this.environment.counts.add(`outcome: ${outcome.kind}`);
      this.paths.published(outcome, instance);
      this.contests.published(outcome);
      this.graces.published(outcome);
      if (outcome.kind === 'user-unblocked' && outcome.mode === 'enforce') {
        watchUnblocked(this.account, this.verdict, outcome);
      }
    });
    return answer;
  }

  #logged(instance: Instance, level: string, message: string, values: unknown): void {
    if (message === 'posted') {
      const { outcomeIds } = values as { outcomeIds: string[] };
      this.alerts.posted(outcomeIds);
      this.verdict.check(
        'at least one alert',
        instance.tookLast,
        () => `${outcomeIds.join(', ')} counts as posted, and Slack did not accept it`,
      );
    }
    const { error, staleReads, user } = (values ?? {}) as {
      error?: Error;
      user?: string;
      staleReads?: readonly string[];
    };
    if (message === 'record failed' && error && instance.functionName === 'on-iam-change') {
      watchFailed(this.environment, this.verdict, error, instance.origin);
    }
    if (message === 'reviewed' && user) this.alerts.looked(user, this.environment.clock.now);
    const text = error ? `: ${error.name} ${error.message}` : (staleReads?.join('; ') ?? '');
    this.environment.trace.note(instance.name, `log ${level}: ${message}${text}`);
  }
}

function originOf({ name, origin }: Instance): string {
  return `${name}/${origin.id}`;
}

function kindOf(action: string) {
  return /^(Attach|Add|Put)/.test(action) ? 'user-blocked' : 'user-unblocked';
}

/** MemoryDynamo goes by the class’s name. */
function commandNamed(action: string): new (input: object) => object {
  const named = {
    [`${action}Command`]: class {
      readonly input: object;
      constructor(input: object) {
        this.input = input;
      }
    },
  };
  return named[`${action}Command`] as new (
    input: object,
  ) => object;
}
