import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { Copy, type Invocation, origin } from './copy.ts';
import { Journal } from './journal.ts';
import type { Nature } from './nature.ts';
import type { Queue, Received } from './queue.ts';
import type { Random } from './random.ts';

/** A function's handler, in a copy of its own. */
export type Handler = (event: unknown, context: Context) => Promise<unknown>;

interface FunctionOptions {
  readonly name: string;
  readonly timeoutMs: number;
  /** Starts a copy: the entry point's own wiring, on simulated clients. */
  readonly start: (copy: Copy) => Handler;
}

export type Invoked =
  | { readonly kind: 'answer'; readonly value: unknown; readonly invocation: Invocation }
  | { readonly kind: 'failed'; readonly error: Error; readonly invocation: Invocation }
  | { readonly kind: 'died'; readonly why: string; readonly invocation: Invocation };

interface Warm {
  readonly copy: Copy;
  readonly handler: Handler;
}

/** A function: copies that start when needed, live on, die, and are replaced. */
export class LambdaFunction {
  readonly options: FunctionOptions;
  running = 0;
  /** Called with what was going on in a copy that answered. */
  onAnswer: (copy: Copy) => void = () => undefined;
  readonly #nature: Nature;
  readonly #random: Random;
  #idle: Warm[] = [];
  #copies = 0;
  #invocations = 0;

  constructor(nature: Nature, options: FunctionOptions) {
    this.#nature = nature;
    this.#random = nature.random.fork(`function/${options.name}`);
    this.options = options;
  }

  async invoke(event: unknown, records: readonly SQSRecord[] = []): Promise<Invoked> {
    const { clock, trace, counts, faults } = this.#nature;
    const warm = this.#idle.pop() ?? this.#start();
    const { copy, handler } = warm;
    this.#invocations += 1;
    this.running += 1;
    counts.add('invocations');
    const invocation: Invocation = {
      id: this.#invocations,
      startedAt: clock.now,
      records,
      journal: new Journal(),
    };
    copy.invocation = invocation;
    copy.thaw();
    trace.note(copy.name, `invoked with ${records.map(({ messageId }) => messageId).join(', ')}`);
    const died = new Promise<string>((resolve) => {
      copy.onDeath = resolve;
    });
    clock.after(this.options.timeoutMs, () => {
      if (copy.invocation !== invocation || !copy.alive) return;
      faults.add(`time-out (${this.options.name})`);
      trace.note(copy.name, '✝ Lambda’s time-out');
      copy.die('time-out');
    });
    const endsAt = clock.now + this.options.timeoutMs;
    const context = {
      awsRequestId: String(invocation.id),
      functionName: this.options.name,
      // middy would set a timer in real time by it; only the sweep asks for it itself.
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
    trace.note(copy.name, result.kind === 'answer' ? 'answers' : `${result.kind}`);
    if (result.kind === 'died') {
      faults.add(`process died (${this.options.name})`);
      return result;
    }
    if (result.kind === 'answer') this.onAnswer(copy);
    if (copy.inFlight > 0) faults.add(`frozen with calls under way (${this.options.name})`);
    copy.freeze();
    copy.invocation = { ...invocation, id: 0 };
    if (this.#random.chance(this.#nature.weather.recycled)) copy.alive = false;
    else this.#idle = this.#random.shuffled([...this.#idle, warm]);
    return result;
  }

  #start(): Warm {
    this.#copies += 1;
    const { skew } = this.#nature.weather;
    const off = skew === 0 ? 0 : Math.round(this.#random.between(-skew, skew));
    if (off !== 0) this.#nature.faults.add('clock off');
    const copy = new Copy(this.options.name, this.#copies, off);
    return { copy, handler: this.options.start(copy) };
  }
}

interface MappingOptions {
  readonly batchSize: number;
  readonly windowMs: number;
  readonly copies: number;
}

/**
 * Lambda's event source mapping of a queue: batches to at most so many copies; what a copy reports as failed, and all
 * of a copy that died, comes again when the queue shows it again.
 */
export class Mapping {
  readonly #nature: Nature;
  readonly #random: Random;
  readonly #queue: Queue;
  readonly #target: LambdaFunction;
  readonly #options: MappingOptions;
  #polling = false;
  /** Called with each message that Lambda deletes, and the invocation that had it. */
  onDone: (record: SQSRecord, invocation: Invocation) => void = () => undefined;

  constructor(nature: Nature, queue: Queue, target: LambdaFunction, options: MappingOptions) {
    this.#nature = nature;
    this.#random = nature.random.fork(`mapping/${target.options.name}`);
    this.#queue = queue;
    this.#target = target;
    this.#options = options;
    queue.onVisible = () => this.#wake();
  }

  #wake(): void {
    if (this.#polling) return;
    this.#polling = true;
    const { windowMs } = this.#options;
    this.#nature.clock.after(windowMs + this.#random.between(5, 150), () => {
      this.#polling = false;
      this.#poll();
    });
  }

  #poll(): void {
    while (this.#target.running < this.#options.copies && this.#queue.visible > 0) {
      // A poll asks some of SQS's servers only: not all that is visible comes.
      const { batchSize } = this.#options;
      const most = this.#random.chance(0.5) ? batchSize : this.#random.whole(1, 4);
      const batch = this.#queue.receive(Math.min(most, batchSize));
      if (batch.length === 0) continue;
      void this.#run(batch);
    }
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
