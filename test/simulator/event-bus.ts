import { iamEvents } from '../../events/iam-change.ts';
import { isSameName, nameKey } from '../../events/names.ts';
import { tamperingById } from '../../events/tampering.ts';
import type { Settings } from '../../functions/domain/rules/settings.ts';
import type { Recorded } from './account.ts';
import type { Environment } from './environment.ts';
import type { Queue } from './queue.ts';
import type { Random } from './random.ts';

/** One event, and its way to the queue. */
export interface Sent {
  readonly id: string;
  readonly eventName: string;
  /** The user's name in lower case, as all names of the simulation. */
  readonly user: string | null;
  readonly at: number;
  readonly byUs: boolean;
  /** When it first arrived in the queue; null where it was lost. */
  readonly arrived: number | null;
}

/**
 * CloudTrail and EventBridge before the queue of IAM changes deliver with best effort: an event may be lost, duplicated, late
 * or out of order. The outcome bus before the queue of outcomes loses nothing.
 */
export class EventBus {
  readonly sent: Sent[] = [];
  /** Called with each event, whether it arrives or not. */
  onEvent: (body: string) => void = () => undefined;
  /** Events that EventBridge could not bring to the queue: its failed messages. */
  readonly undelivered: string[] = [];
  readonly #environment: Environment;
  readonly #random: Random;
  readonly #probes: Random;
  readonly #settings: Settings;
  readonly #changes: Queue;
  readonly #outcomes: Queue;
  #events = 0;

  constructor(environment: Environment, settings: Settings, changes: Queue, outcomes: Queue) {
    this.#environment = environment;
    this.#random = environment.random.fork('event bus');
    this.#probes = environment.random.fork('probes of the event bus');
    this.#settings = settings;
    this.#changes = changes;
    this.#outcomes = outcomes;
  }

  /** An IAM call that succeeded. */
  record({ eventName, parameters, response, identity }: Recorded): void {
    if (!this.#isAskedFor(eventName, parameters)) return;
    const { clock, profile, faults, trace } = this.#environment;
    this.#events += 1;
    const id = `event-${this.#events}`;
    const body = JSON.stringify({
      version: '0',
      id: `envelope-${this.#events}`,
      'detail-type': 'AWS API Call via CloudTrail',
      source: 'aws.iam',
      account: this.#settings.account,
      region: 'us-east-1',
      resources: [],
      detail: {
        eventID: id,
        eventName,
        eventSource: 'iam.amazonaws.com',
        // CloudTrail's times have whole seconds.
        eventTime: new Date(Math.floor(clock.now / 1000) * 1000).toISOString(),
        recipientAccountId: this.#settings.account,
        userIdentity: identity,
        requestParameters: parameters,
        responseElements: response,
      },
    });
    this.onEvent(body);
    const isProbe = eventName === 'TagPolicy';
    const random = isProbe ? this.#probes : this.#random;
    const times = random.chance(profile.events.doubled) ? 2 : 1;
    if (times === 2) faults.add('event doubled');
    const lost = random.chance(profile.events.lost);
    const undelivered = !lost && random.chance(profile.events.undelivered);
    if (lost) faults.add('event lost');
    if (undelivered) {
      faults.add('event undelivered');
      this.undelivered.push(body);
    }
    const delays =
      lost || undelivered ? [] : Array.from({ length: times }, () => this.#delay(random, isProbe));
    for (const delay of delays) clock.after(delay, () => this.#changes.send(body));
    const user = nameKey(String(parameters.newUserName ?? parameters.userName ?? '')) || null;
    const first = Math.min(...delays);
    const arrived = delays.length === 0 ? null : clock.now + first;
    const byUs = String(identity.arn).includes(this.#settings.enforcerRole);
    this.sent.push({ id, eventName, user, at: clock.now, byUs, arrived });
    const fate = lost ? 'lost' : undelivered ? 'undelivered' : `arrives in ${Math.round(first)} ms`;
    trace.note('CloudTrail', `${id} ${eventName} ${user ?? ''}: ${fate}`);
  }

  #delay(random: Random, isProbe: boolean): number {
    const { profile, faults } = this.#environment;
    // ProbeMinutes is half an hour, and sweeps follow each other within the hour.
    if (isProbe && random.chance(profile.probes['late by an hour'])) {
      faults.add('probe late by an hour');
      return random.between(20, 100) * 60_000;
    }
    if (!random.chance(profile.events.late)) return random.between(300, 4_000);
    faults.add('event late');
    return random.between(4_000, 900_000);
  }

  /** PutEvents, to the outcome bus. */
  put(entries: readonly Record<string, unknown>[]): object {
    const { clock, profile, faults, trace } = this.#environment;
    const answers = entries.map((entry) => {
      if (this.#random.chance(profile.entryRefused)) {
        faults.add('entry refused (events)');
        return { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal failure' };
      }
      this.#events += 1;
      const id = `outcome-${this.#events}`;
      const detail = JSON.parse(String(entry.Detail)) as { id: string };
      const body = JSON.stringify({
        version: '0',
        id,
        'detail-type': entry.DetailType,
        source: entry.Source,
        account: this.#settings.account,
        time: new Date(clock.now).toISOString(),
        region: 'us-east-1',
        resources: [],
        detail,
      });
      trace.note('bus', detail.id);
      const doubled = this.#random.chance(profile.events['outcome doubled']);
      if (doubled) faults.add('outcome doubled');
      for (let times = doubled ? 2 : 1; times > 0; times -= 1) {
        const late = this.#random.chance(profile.events['outcome late']);
        if (late) faults.add('outcome late');
        const delay = late ? this.#random.between(2_000, 300_000) : this.#random.between(50, 1_500);
        clock.after(delay, () => this.#outcomes.send(body));
      }
      return { EventId: id };
    });
    const FailedEntryCount = answers.filter((answer) => 'ErrorCode' in answer).length;
    return { FailedEntryCount, Entries: answers };
  }

  /** The rules of infra/iam-changes.yml. */
  #isAskedFor(eventName: string, parameters: Recorded['parameters']): boolean {
    const { policyArn, boundaryArn, denyGroup, inlinePolicyName } = this.#settings;
    const names = (parameter: string, ours: string) =>
      isSameName(String(parameters[parameter]), ours);
    const isGroup = names('groupName', denyGroup);
    if (tamperingById(`iam:${eventName}`)) return isGroup;
    const rule = iamEvents[eventName]?.rule ?? null;
    const ofOurs: Readonly<Record<string, boolean>> = {
      user: true,
      boundary: true,
      block: names('policyArn', policyArn),
      group: isGroup,
      inline: names('policyName', inlinePolicyName),
      policy: names('policyArn', policyArn) || names('policyArn', boundaryArn),
    };
    return rule !== null && (ofOurs[rule] ?? false);
  }
}
