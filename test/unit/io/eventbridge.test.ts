import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { putOutcomes } from '../../../functions/io/eventbridge.ts';
import { blocked } from '../../fakes/outcomes.ts';
import { script } from '../../fakes/scripted-client.ts';

describe('outcomes', () => {
  const outcomes = Array.from({ length: 12 }, (_, index) =>
    blocked({ id: `user-blocked/${index}` }),
  );
  const taken = (count: number) => ({
    Entries: Array.from({ length: count }, () => ({ EventId: 'e' })),
  });

  it('are put on the bus ten at a time, each as an event of its own', async () => {
    const events = new EventBridgeClient({ region: 'us-east-1' });
    const asked = script(events, [taken(10), taken(2)]);
    expect(await putOutcomes(events, 'bus', outcomes)).toEqual([]);
    const entries = asked.map(([, { Entries }]) => Entries as object[]);
    expect(entries.map(({ length }) => length)).toEqual([10, 2]);
    const [first] = outcomes;
    expect(entries[0]?.[0]).toEqual({
      EventBusName: 'bus',
      Source: 'mfa-enforcer',
      DetailType: expect.stringMatching(/\w/),
      Time: new Date(first?.at ?? ''),
      Detail: JSON.stringify(first),
    });
  });

  it('that were not taken are given back with the reason', async () => {
    const events = new EventBridgeClient({ region: 'us-east-1' });
    script(events, [{ Entries: [{ EventId: 'e' }, { ErrorCode: 'Throttled' }, {}] }, {}]);
    const [a, b, c] = outcomes;
    const three = outcomes.slice(0, 3);
    expect(await putOutcomes(events, 'bus', three)).toEqual([
      { outcome: b, errorCode: 'Throttled' },
      { outcome: c, errorCode: 'NoAnswer' },
    ]);
    expect(await putOutcomes(events, 'bus', outcomes.slice(0, 1))).toEqual([
      { outcome: a, errorCode: 'NoAnswer' },
    ]);
  });
});
