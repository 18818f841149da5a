import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import {
  PathCheck,
  parseSweepMessage,
  RollUpRequest,
  SweepRequest,
} from '../../../events/requests.ts';
import { contracts } from './contracts.ts';

const fullOf = (schema: z.ZodType) =>
  contracts.find((one) => one.schema === schema)?.full as Record<string, unknown>;

describe('a message of the queue of sweeps', () => {
  it.each([SweepRequest, RollUpRequest, PathCheck])('is read by its schema', (schema) => {
    const full = fullOf(schema);
    expect(parseSweepMessage(JSON.stringify(full))).toEqual(full);
  });

  it.each([
    ['cannot read the sweep’s message: it is not JSON', 'sweep'],
    [/^cannot read the sweep’s message: schema: /, '{}'],
    [
      'cannot read the sweep’s message: account is not a 12-digit account id',
      JSON.stringify({ ...fullOf(SweepRequest), account: '1' }),
    ],
  ])('is refused if it is invalid: %s', (message, body) => {
    expect(() => parseSweepMessage(body)).toThrow(message);
  });
});
