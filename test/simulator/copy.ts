import type { SQSRecord } from 'aws-lambda';
import { Journal } from './journal.ts';

/** One invocation of a function. */
export interface Invocation {
  readonly id: number;
  readonly startedAt: number;
  readonly records: readonly SQSRecord[];
  readonly journal: Journal;
}

/** One copy of a function: an execution environment of Lambda, which handles one invocation at a time. */
export class Copy {
  readonly name: string;
  readonly functionName: string;
  /** How far its clock is off, in ms. */
  readonly skew: number;
  alive = true;
  invocation: Invocation = { id: 0, startedAt: 0, records: [], journal: new Journal() };
  /** Calls that have been sent and not answered. */
  inFlight = 0;
  /** Called when it dies. */
  onDeath: (why: string) => void = () => undefined;

  constructor(functionName: string, number: number, skew: number) {
    this.functionName = functionName;
    this.name = `${functionName}#${number}`;
    this.skew = skew;
  }

  /** The process ends in the middle of whatever it does: nothing of it goes on. */
  die(why: string): void {
    if (!this.alive) return;
    this.alive = false;
    this.onDeath(why);
  }
}

/** What a dead process waits for. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}
