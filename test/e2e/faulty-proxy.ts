import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Call, errorAnswer, startProxy, type WireProxy } from './proxy.ts';
import { generator } from './random.ts';

export interface FaultyProxy extends WireProxy {
  /** How often each fault was injected. */
  readonly injected: Readonly<Record<Fault | 'outage' | 'none', number>>;
}

/** The faults that a caller may see of a network and a service. */
const faults = ['delay', 'throttle', '500', 'reset before', 'reset after', '503 after'] as const;
type Fault = (typeof faults)[number];

/** One call in so many begins an outage: its action fails for every caller for a while. */
const OUTAGE_EVERY = 300;
/** Without outages: a message that cannot be hidden is gone for minutes, a send lock whose release fails lasts a minute. */
const isSlowToRecover = (action: string) =>
  action === 'sqs:ChangeMessageVisibility' || action.startsWith('dynamodb:');
/** Longer than the SDK's retries, but within its retry quota (500 tokens a client, 5 a retry). */
const OUTAGE_CALLS = { least: 7, more: 8 };
const DELAY_MS = 500;

/**
 * A proxy in front of AWS that delays, throttles, resets and fails at random, before or after a call has taken effect.
 * @param seed makes its faults repeatable if the order of calls is
 * @param parts the share of calls with faults, by service
 */
export async function startFaultyProxy(
  target: string,
  seed: number,
  parts: Readonly<Record<string, number>>,
): Promise<FaultyProxy> {
  const random = generator(seed);
  const outages = new Map<string, number>();
  const injected = { outage: 0, none: 0 } as Record<Fault | 'outage' | 'none', number>;
  for (const fault of faults) injected[fault] = 0;

  const faultFor = ({ action }: Call): Fault | 'outage' | 'none' => {
    const left = outages.get(action) ?? 0;
    if (left > 0) {
      outages.set(action, left - 1);
      return 'outage';
    }
    const part = parts[action.split(':')[0] ?? ''] ?? 0;
    if (part === 0) return 'none';
    if (random() < 1 / OUTAGE_EVERY && !isSlowToRecover(action)) {
      outages.set(action, OUTAGE_CALLS.least + Math.floor(random() * OUTAGE_CALLS.more));
    }
    return random() < part ? (faults[Math.floor(random() * faults.length)] ?? 'none') : 'none';
  };

  const proxy = await startProxy(target, async (call, pass) => {
    const fault = faultFor(call);
    injected[fault] += 1;
    return inject(fault, call, pass, random);
  });
  return { ...proxy, injected };
}

async function inject(
  fault: Fault | 'outage' | 'none',
  call: Call,
  pass: () => Promise<Answer>,
  random: () => number,
): Promise<Answer | 'reset'> {
  switch (fault) {
    case 'none':
      return pass();
    case 'delay':
      await sleep(random() * DELAY_MS);
      return pass();
    case 'throttle':
      return errorAnswer(call, 400, 'Throttling', 'Rate exceeded');
    case '500':
      return errorAnswer(call, 500, 'InternalFailure', 'An internal error occurred');
    case 'outage':
      return errorAnswer(call, 503, 'ServiceUnavailable', 'The service is unavailable');
    case 'reset before':
      return 'reset';
    case 'reset after':
      await pass();
      return 'reset';
    case '503 after':
      await pass();
      return errorAnswer(call, 503, 'ServiceUnavailable', 'The service is unavailable');
    default:
      return fault satisfies never;
  }
}
