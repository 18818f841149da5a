import type { Environment } from './environment.ts';
import type { SlackFault } from './fault-profile.ts';
import type { Random } from './random.ts';

/** The part of fetch's answer that is used. */
export type Answer = Pick<Response, 'status' | 'ok' | 'headers' | 'text'>;

/** Slack's incoming webhook: one message a second, and its faults. */
export class Slack {
  /** Messages that Slack accepted. */
  taken = 0;
  readonly #environment: Environment;
  readonly #random: Random;
  #freeFrom = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#random = environment.random.fork('slack');
  }

  /** @returns its answer; `lost`: Slack accepted the message, but its answer is lost */
  async post(): Promise<{ answer: Answer | Error; took: boolean }> {
    const { clock, trace } = this.#environment;
    const fault = this.#fault();
    await clock.sleep(fault === 'hang' ? 10_000 : this.#random.between(80, 600));
    if (fault !== null) trace.note('slack', fault);
    switch (fault) {
      case '429':
        return this.#busy(this.#random.whole(1, 60));
      case '5xx':
        return {
          answer: answerOf(this.#random.pick([500, 502, 503]), 'server_error'),
          took: false,
        };
      case 'revoked':
        return { answer: answerOf(404, 'no_service'), took: false };
      case 'hang':
        return { answer: failure('TimeoutError'), took: false };
      case 'reset':
        return { answer: failure('TypeError'), took: false };
      case 'taken, answer lost':
        this.#take();
        return { answer: failure('TypeError'), took: true };
      case null:
        // A webhook takes about one message a second, with short bursts.
        if (clock.now < this.#freeFrom - 1_000) return this.#busy(1);
        this.#take();
        return { answer: answerOf(200, 'ok'), took: true };
      default:
        return fault satisfies never;
    }
  }

  #take(): void {
    this.taken += 1;
    this.#environment.counts.add('messages that Slack accepted');
    this.#freeFrom = Math.max(this.#environment.clock.now, this.#freeFrom) + 1_000;
    this.#environment.trace.note('slack', 'took a message');
  }

  #busy(seconds: number): { answer: Answer; took: boolean } {
    const headers = new Headers({ 'retry-after': String(seconds) });
    return { answer: { ...answerOf(429, 'rate_limited'), headers }, took: false };
  }

  #fault(): SlackFault | null {
    const { profile, clock, faults } = this.#environment;
    const storm = profile.storms.find(
      (one) => one.service === 'slack' && one.from <= clock.now && clock.now < one.to,
    );
    const fault = storm && this.#random.chance(0.9) ? (storm.fault as SlackFault) : this.#drawn();
    if (fault !== null) faults.add(`${fault} (slack)`);
    return fault;
  }

  #drawn(): SlackFault | null {
    let left = this.#random.next();
    for (const [fault, rate] of Object.entries(this.#environment.profile.slack)) {
      left -= rate;
      if (left < 0) return fault as SlackFault;
    }
    return null;
  }
}

function answerOf(status: number, text: string): Answer {
  return { status, ok: status < 300, headers: new Headers(), text: async () => text };
}

function failure(name: string): Error {
  return Object.assign(new Error('fetch failed'), { name });
}
