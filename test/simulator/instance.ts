import { AsyncLocalStorage } from 'node:async_hooks';
import type { SQSRecord } from 'aws-lambda';
import { Journal } from './journal.ts';

/** One invocation of a function. */
export interface Invocation {
  readonly id: number;
  readonly startedAt: number;
  readonly records: readonly SQSRecord[];
  readonly journal: Journal;
}

/** The invocation that began the running code: after a freeze it goes on during a later one. */
export const origin = new AsyncLocalStorage<Invocation>();

/** One instance of a function: an execution environment of Lambda, which handles one invocation at a time. */
export class Instance {
  readonly name: string;
  readonly functionName: string;
  /** How far its clock is off, in ms. */
  readonly skew: number;
  alive = true;
  invocation: Invocation = { id: 0, startedAt: 0, records: [], journal: new Journal() };
  /** The invocation that what runs belongs to, be it an earlier one. */
  get origin(): Invocation {
    return origin.getStore() ?? this.invocation;
  }
  /** Slack took the last message that it posted. */
  tookLast = false;
  /** The invocation gave up waiting, and answered while a call was still under way. */
  gaveUp = false;
  #thaw: (() => void)[] | null = null;
  /** Calls that have been sent and not answered. */
  inFlight = 0;
  /** Called when it dies. */
  onDeath: (why: string) => void = () => undefined;

  constructor(functionName: string, number: number, skew: number) {
    this.functionName = functionName;
    this.name = `${functionName}#${number}`;
    this.skew = skew;
  }

  /** Lambda freezes an instance that has answered: all its work stops until the next invocation. */
  freeze(): void {
    this.#thaw = [];
  }

  /** Lambda invokes the instance again, and its frozen work goes on. */
  thaw(): void {
    const waiting = this.#thaw ?? [];
    this.#thaw = null;
    for (const goOn of waiting) goOn();
  }

  /** Waits while the instance is frozen, and for ever once it is dead. */
  async awake(): Promise<void> {
    if (this.#thaw !== null) await new Promise<void>((resolve) => this.#thaw?.push(resolve));
    if (!this.alive) await never();
  }

  /** The process ends, and none of its work goes on. */
  die(why: string): void {
    if (!this.alive) return;
    this.alive = false;
    this.onDeath(why);
  }
}

/** A promise that never settles, for a dead process. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}
