import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Call, errorAnswer, startProxy, type WireProxy } from './proxy.ts';
import { generator } from './random.ts';

export interface FaultyProxy extends WireProxy {
  /** How often what was done to a call. */
  readonly injected: Readonly<Record<Fault | 'outage' | 'none', number>>;
}

/** What a caller may see of a network and a service that are not well. */
const faults = ['delay', 'throttle', '500', 'reset before', 'reset after', '503 after'] as const;
type Fault = (typeof faults)[number];

/** One call in so many begins an outage: this action fails for a while, whoever calls it. */
const OUTAGE_EVERY = 300;
/** A message that cannot be hidden is gone for minutes, a turn at Slack that cannot be given back lasts one. */
const isSlowToMend = (action: string) =>
  action === 'sqs:ChangeMessageVisibility' || action.startsWith('dynamodb:');
/** Longer than the SDK tries, and not so long that its quota of retries is used up (500 tokens a client, 5 a retry). */
const OUTAGE_CALLS = { least: 7, more: 8 };
const DELAY_MS = 500;

/**
 * In front of AWS: delays, throttles, resets and fails at random, before and after a call has taken effect.
 * @param seed makes its moods repeatable, as far as the order of calls is
 * @param parts of the calls that are disturbed, by service
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

  const moodFor = ({ action }: Call): Fault | 'outage' | 'none' => {
    const left = outages.get(action) ?? 0;
    if (left > 0) {
      outages.set(action, left - 1);
      return 'outage';
    }
    const part = parts[action.split(':')[0] ?? ''] ?? 0;
    if (part === 0) return 'none';
    if (random() < 1 / OUTAGE_EVERY && !isSlowToMend(action)) {
      outages.set(action, OUTAGE_CALLS.least + Math.floor(random() * OUTAGE_CALLS.more));
    }
    return random() < part ? (faults[Math.floor(random() * faults.length)] ?? 'none') : 'none';
  };

  const proxy = await startProxy(target, async (call, pass) => {
    const mood = moodFor(call);
    injected[mood] += 1;
    return disturb(mood, call, pass, random);
  });
  return { ...proxy, injected };
}

async function disturb(
  mood: Fault | 'outage' | 'none',
  call: Call,
  pass: () => Promise<Answer>,
  random: () => number,
): Promise<Answer | 'reset'> {
  switch (mood) {
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
      return mood satisfies never;
  }
}
