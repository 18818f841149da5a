import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Environment } from './environment.ts';
import { Instance, type Invocation, origin } from './instance.ts';
import { Journal } from './journal.ts';
import { isOfProbe } from './probe-draws.ts';
import type { Queue, Received } from './queue.ts';
import type { Random } from './random.ts';

/** A function's handler, in an instance of its own. */
export type Handler = (event: unknown, context: Context) => Promise<unknown>;

interface FunctionOptions {
  readonly name: string;
  readonly timeoutMs: number;
  /** Starts an instance: the entry point's own wiring, on simulated clients. */
  readonly start: (instance: Instance) => Handler;
}

export type Invoked =
  | { readonly kind: 'answer'; readonly value: unknown; readonly invocation: Invocation }
  | { readonly kind: 'failed'; readonly error: Error; readonly invocation: Invocation }
  | { readonly kind: 'died'; readonly why: string; readonly invocation: Invocation };

interface Warm {
  readonly instance: Instance;
  readonly handler: Handler;
}

/** A function: instances that start when needed, live on, die, and are replaced. */
export class LambdaFunction {
  readonly options: FunctionOptions;
  running = 0;
  /** Called with what was going on in an instance that answered. */
  onAnswer: (instance: Instance) => void = () => undefined;
  readonly #environment: Environment;
  readonly #random: Random;
  readonly #probes: Random;
  #idle: Warm[] = [];
  #instances = 0;
  #invocations = 0;

  constructor(environment: Environment, options: FunctionOptions) {
    this.#environment = environment;
    this.#random = environment.random.fork(`function/${options.name}`);
    this.#probes = environment.random.fork(`probes of the function/${options.name}`);
    this.options = options;
  }

  async invoke(event: unknown, records: readonly SQSRecord[] = []): Promise<Invoked> {
    const { clock, trace, counts, faults } = this.#environment;
    const warm = this.#idle.pop() ?? this.#start();
    const { instance, handler } = warm;
    this.#invocations += 1;
    this.running += 1;
    counts.add('invocations');
    const invocation: Invocation = {
      id: this.#invocations,
      startedAt: clock.now,
      records,
      journal: new Journal(),
    };
    instance.invocation = invocation;
    instance.thaw();
    trace.note(
      instance.name,
      `invoked with ${records.map(({ messageId }) => messageId).join(', ')}`,
    );
    const died = new Promise<string>((resolve) => {
      instance.onDeath = resolve;
    });
    clock.after(this.options.timeoutMs, () => {
      if (instance.invocation !== invocation || !instance.alive) return;
      faults.add(`time-out (${this.options.name})`);
      trace.note(instance.name, '✝ Lambda’s time-out');
      instance.die('time-out');
    });
    const endsAt = clock.now + this.options.timeoutMs;
    const context = {
      awsRequestId: String(invocation.id),
      functionName: this.options.name,
      // middy would set a timer in real time by it. Only the sweep calls it itself.
      ...(this.options.name === 'nightly-sweep'
        ? { getRemainingTimeInMillis: () => endsAt - clock.now }
        : {}),
    };
    const handling = origin.run(invocation, () => handler(event, context as Context));
    const answered = handling.then(
      (value) => ({ kind: 'answer' as const, value, invocation }),
      (error: Error) => ({ kind: 'failed' as const, error, invocation }),
    );
    const result = await Promise.race([
      answered,
      died.then((why) => ({ kind: 'died' as const, why, invocation })),
    ]);
    this.running -= 1;
    trace.note(instance.name, result.kind === 'answer' ? 'answers' : `${result.kind}`);
    if (result.kind === 'died') {
      faults.add(`process died (${this.options.name})`);
      return result;
    }
    if (result.kind === 'answer') this.onAnswer(instance);
    if (instance.inFlight > 0) faults.add(`frozen with calls under way (${this.options.name})`);
    instance.freeze();
    instance.invocation = { ...invocation, id: 0 };
    const isProbe = records.length > 0 && records.every(({ body }) => isOfProbe(body));
    const random = isProbe ? this.#probes : this.#random;
    if (random.chance(this.#environment.profile.recycled)) instance.alive = false;
    else this.#idle = random.shuffled([...this.#idle, warm]);
    return result;
  }

  #start(): Warm {
    this.#instances += 1;
    const { skew } = this.#environment.profile;
    const off = skew === 0 ? 0 : Math.round(this.#random.between(-skew, skew));
    if (off !== 0) this.#environment.faults.add('clock off');
    const instance = new Instance(this.options.name, this.#instances, off);
    return { instance, handler: this.options.start(instance) };
  }
}

interface MappingOptions {
  readonly batchSize: number;
  readonly windowMs: number;
  readonly instances: number;
}

/**
 * Lambda's event source mapping of a queue: it sends batches to a limited number of instances. Records that an instance reports
 * as failed, and all records of an instance that died, come again when they are visible again.
 */
export class Mapping {
  readonly #environment: Environment;
  readonly #random: Random;
  readonly #probes: Random;
  readonly #queue: Queue;
  readonly #target: LambdaFunction;
  readonly #options: MappingOptions;
  #polling = false;
  /** Called with each message that Lambda deletes, and the invocation that had it. */
  onDone: (record: SQSRecord, invocation: Invocation) => void = () => undefined;

  constructor(
    environment: Environment,
    queue: Queue,
    target: LambdaFunction,
    options: MappingOptions,
  ) {
    this.#environment = environment;
    this.#random = environment.random.fork(`mapping/${target.options.name}`);
    this.#probes = environment.random.fork(`probes of the mapping/${target.options.name}`);
    this.#queue = queue;
    this.#target = target;
    this.#options = options;
    queue.onVisible = () => this.#wake();
  }

  #wake(): void {
    if (this.#polling) return;
    this.#polling = true;
    const { windowMs } = this.#options;
    this.#environment.clock.after(windowMs + this.#source.between(5, 150), () => {
      this.#polling = false;
      this.#poll();
    });
  }

  #poll(): void {
    while (this.#target.running < this.#options.instances && this.#queue.visible > 0) {
      // A poll asks only some of SQS's servers, and returns only some of the visible messages.
      const { batchSize } = this.#options;
      const random = this.#source;
      const most = random.chance(0.5) ? batchSize : random.whole(1, 4);
      const batch = this.#queue.receive(Math.min(most, batchSize));
      if (batch.length === 0) continue;
      void this.#run(batch);
    }
  }

  get #source(): Random {
    return this.#queue.onlyProbes ? this.#probes : this.#random;
  }

  async #run(batch: readonly Received[]): Promise<void> {
    const records = batch.map(({ record }) => record);
    const event: SQSEvent = { Records: records };
    const result = await this.#target.invoke(event, records);
    if (result.kind === 'answer') {
      const failed = failuresOf(result.value as SQSBatchResponse | null, batch);
      for (const one of batch) {
        if (failed.has(one.record.messageId)) continue;
        this.onDone(one.record, result.invocation);
        this.#queue.delete(one);
      }
    }
    if (this.#queue.visible > 0) this.#wake();
  }
}

/** An answer that says nothing means that all are done; an unknown id fails them all (Lambda Developer Guide). */
function failuresOf(answer: SQSBatchResponse | null, batch: readonly Received[]): Set<string> {
  const all = new Set(batch.map(({ record }) => record.messageId));
  const failed = (answer?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  return failed.every((id) => all.has(id)) ? new Set(failed) : all;
}
