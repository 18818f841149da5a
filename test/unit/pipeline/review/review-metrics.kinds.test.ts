import { describe, expect, it } from 'vitest';
import {
  measureReview,
  measureRollUp,
} from '../../../../functions/pipeline/review/review-metrics.ts';
import { ACCOUNT, START } from '../../../fakes/pipeline.ts';

describe('a measure', () => {
  it('says which organization’s sweep, or which sweep’s review it is of', () => {
    const lines: string[] = [];
    const meter = {
      stack: 's',
      now: () => new Date(START),
      writeMetrics: (one: string) => void lines.push(one),
    };
    measureRollUp(meter, { sweepId: 'sweep-1', organization: 'o-a1b2c3d4e5' }, 2);
    const cause = {
      kind: 'sweep',
      sweepId: 'sweep-1',
      startedAt: new Date(START).toISOString(),
    } as const;
    measureReview(meter, { account: ACCOUNT, user: 'dana', cause, refusedSince: null } as never, {
      kind: 'breaker-open',
      user: 'Dana',
      counted: 1,
      assumed: 0,
      limit: 1,
      named: true,
      since: new Date(0),
      outcomes: [],
      markPublished: async () => undefined,
      markNamed: async () => undefined,
    });
    const [rolledUp, reviewed] = lines.map((line) => JSON.parse(line) as object);
    expect(rolledUp).toMatchObject({
      cause: 'sweep-1',
      organization: 'o-a1b2c3d4e5',
      AccountsUnswept: 2,
    });
    expect(reviewed).toMatchObject({ account: ACCOUNT, user: 'Dana' });
    expect(reviewed).not.toHaveProperty('eventName');
  });
});
