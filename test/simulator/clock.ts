interface Due {
  readonly at: number;
  /** Steps that are due at the same time run in the order in which they were scheduled. */
  readonly order: number;
  readonly run: () => void;
}

// Many times the steps of a run.
const MOST_STEPS = 500_000;

/**
 * Virtual time. Nothing waits in real time: once all consequences of a step have happened, the clock jumps to the next step. The
 * order of steps therefore depends on the seed alone.
 */
export class Clock {
  now: number;
  /** The number of steps so far. */
  steps = 0;
  #asked = 0;
  readonly #heap: Due[] = [];

  constructor(start: number) {
    this.now = start;
  }

  after(ms: number, run: () => void): void {
    this.#asked += 1;
    push(this.#heap, { at: this.now + Math.max(0, ms), order: this.#asked, run });
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /**
   * Runs every step that is due up to that time, and sets the clock to it.
   * @param each is called after each step
   * @returns false where a step is due later
   */
  async runUntil(end: number, each: () => void = () => undefined): Promise<boolean> {
    // Work that was begun outside of a step runs as far as it can.
    await settled();
    for (let first = this.#heap[0]; first && first.at <= end; first = this.#heap[0]) {
      pop(this.#heap);
      this.now = first.at;
      this.steps += 1;
      if (this.steps > MOST_STEPS)
        throw new Error(`the run does not come to rest in ${MOST_STEPS} steps`);
      first.run();
      await settled();
      each();
    }
    if (this.#heap.length > 0) this.now = end;
    return this.#heap.length === 0;
  }
}

/** Lets all promises run as far as they can: Node empties its microtasks before a macrotask. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const isBefore = (a: Due, b: Due) => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Due[], due: Due): void {
  let index = heap.push(due) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isBefore(due, heap[parent] as Due)) break;
    heap[index] = heap[parent] as Due;
    index = parent;
  }
  heap[index] = due;
}

function pop(heap: Due[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Due, heap[child] as Due)) child += 1;
    if (!isBefore(heap[child] as Due, last)) break;
    heap[index] = heap[child] as Due;
    index = child;
  }
  heap[index] = last;
}
