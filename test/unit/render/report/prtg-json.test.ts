import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { prtgJson, prtgReading, prtgV2 } from '../../../../functions/render/report/prtg.ts';
import {
  emptyAccount,
  everyState,
  fiveThousand,
  HOSTILE_PROBLEM,
  reportedUser,
  reportOf,
} from '../../../fakes/report.ts';
import { expectGolden } from './golden.ts';

const text = { type: 'string', minLength: 1, maxLength: 2000, pattern: '^[^#\\p{Cc}]*$' };

/** After the PRTG Manual, Custom Sensors; with just the keys we use. */
const advanced = {
  type: 'object',
  additionalProperties: false,
  required: ['prtg'],
  properties: {
    prtg: {
      oneOf: [
        {
          type: 'object',
          additionalProperties: false,
          required: ['result', 'text'],
          properties: {
            result: {
              type: 'array',
              minItems: 1,
              maxItems: 50,
              items: {
                type: 'object',
                additionalProperties: false,
                required: ['channel', 'value', 'unit'],
                properties: {
                  channel: { type: 'string', minLength: 1 },
                  value: { type: 'integer', minimum: 0 },
                  unit: { const: 'Count' },
                  limitmode: { const: 1 },
                  limitmaxerror: { type: 'integer' },
                },
                dependentRequired: { limitmode: ['limitmaxerror'], limitmaxerror: ['limitmode'] },
              },
            },
            text,
          },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['error', 'text'],
          properties: { error: { const: 1 }, text },
        },
      ],
    },
  },
};

/** After the PRTG Manual, Script v2 Sensor, and Paessler Knowledge Base 91280; with just the keys we use. */
const scriptV2 = {
  type: 'object',
  additionalProperties: false,
  required: ['version', 'status', 'message'],
  properties: {
    version: { const: 2 },
    status: { enum: ['ok', 'warning', 'error'] },
    message: text,
    channels: {
      type: 'array',
      minItems: 1,
      maxItems: 50,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'name', 'type', 'value'],
        properties: {
          id: { type: 'integer', minimum: 10, maximum: 2_147_483_647 },
          name: { type: 'string', minLength: 1 },
          type: { const: 'integer' },
          value: { type: 'integer' },
        },
      },
    },
  },
};

describe.each([
  ['prtg-json', prtgJson, advanced],
  ['prtg-v2', prtgV2, scriptV2],
])('%s', (name, format, schema) => {
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  const expectValid = (json: string) => {
    validate(JSON.parse(json));
    expect(validate.errors ?? []).toEqual([]);
  };

  it.each([
    ['every state', everyState, `${name}.json`],
    ['an empty account', emptyAccount, `${name}.empty.json`],
  ])('is as in the golden file: %s', async (_, report, file) => {
    await expectGolden(format.render(report), file);
  });

  it('of a failed reading is as in the golden file', async () => {
    await expectGolden(format.failure('AccessDenied: "iam:ListUsers" #1'), `${name}.failure.json`);
  });

  it('keeps PRTG’s rules', () => {
    for (const report of [everyState, emptyAccount, fiveThousand])
      expectValid(format.render(report));
    expectValid(format.failure(HOSTILE_PROBLEM));
  });

  it('would not pass with a text that is too long or cut by a number sign', () => {
    const json = format.failure('short');
    for (const bad of ['x'.repeat(2001), 'number #1']) {
      expect(validate(JSON.parse(json.replace('short', bad)))).toBe(false);
    }
  });
});

describe('PRTG’s JSON', () => {
  it('has the channels and the text of the XML', () => {
    const { channels, text: message } = prtgReading(everyState);
    const { prtg } = JSON.parse(prtgJson.render(everyState)) as {
      prtg: { text: string; result: { channel: string; value: number; limitmaxerror?: number }[] };
    };
    expect(prtg.text).toBe(message);
    expect(
      prtg.result.map(({ channel, value, limitmaxerror }) => [channel, value, limitmaxerror]),
    ).toEqual(channels.map((channel) => [channel.name, channel.value, channel.maxError]));
  });

  it('of Script v2 numbers the channels from 10', () => {
    const { channels } = JSON.parse(prtgV2.render(everyState)) as { channels: { id: number }[] };
    expect(channels.map(({ id }) => id)).toEqual([10, 11, 12, 13, 14, 15]);
  });

  it.each([
    ['ok', emptyAccount],
    ['ok', reportOf([reportedUser('a', { state: 'exempt', hasPassword: false })])],
    ['warning', reportOf([reportedUser('a', { state: 'exempt' })])],
    ['error', everyState],
  ])('of Script v2 has the status %s', (status, report) => {
    expect(JSON.parse(prtgV2.render(report))).toMatchObject({ status });
  });
});
