import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { metricUnits } from '../../../functions/domain/outcomes/metrics.ts';
import { emfLine } from '../../../functions/pipeline/measure.ts';

/** CloudWatch User Guide, "Embedded metric format schema", as far as ours uses it: dimensions and metrics named in
 * the directive are members of the root. */
const schema = {
  type: 'object',
  required: ['_aws', 'Stack'],
  additionalProperties: { type: ['string', 'number'] },
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      additionalProperties: false,
      properties: {
        Timestamp: { type: 'integer' },
        CloudWatchMetrics: {
          type: 'array',
          items: {
            type: 'object',
            required: ['Namespace', 'Dimensions', 'Metrics'],
            additionalProperties: false,
            properties: {
              Namespace: { type: 'string', minLength: 1, maxLength: 1024 },
              Dimensions: {
                type: 'array',
                minItems: 1,
                items: {
                  type: 'array',
                  minItems: 1,
                  maxItems: 30,
                  items: { type: 'string', minLength: 1, maxLength: 250 },
                },
              },
              Metrics: {
                type: 'array',
                minItems: 1,
                maxItems: 100,
                items: {
                  type: 'object',
                  required: ['Name'],
                  additionalProperties: false,
                  properties: {
                    Name: { type: 'string', minLength: 1, maxLength: 1024 },
                    Unit: { enum: ['Milliseconds', 'Count'] },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

const at = new Date('2026-03-01T12:00:00.250Z');
const about = { account: '111122223333', user: 'dana' };

describe('a line of metrics', () => {
  it('is what CloudWatch Logs takes metrics from, and one line', () => {
    const all = Object.fromEntries(Object.keys(metricUnits).map((name) => [name, 1]));
    const line = emfLine('the-stack', all, about, at) ?? '';
    expect(line.endsWith('\n')).toBe(true);
    expect(line.trimEnd()).not.toContain('\n');
    const document = JSON.parse(line) as { _aws: { CloudWatchMetrics: [{ Metrics: unknown[] }] } };
    expect(new Ajv({ allowUnionTypes: true }).validate(schema, document)).toBe(true);
    expect(document._aws.CloudWatchMetrics[0].Metrics).toHaveLength(
      Object.keys(metricUnits).length,
    );
  });

  it('has the stack for its only dimension, and the account and the user where they cost nothing', () => {
    const line = emfLine('the-stack', { Reviews: 1, BlockLatency: 2250 }, about, at) ?? '';
    expect(JSON.parse(line)).toEqual({
      _aws: {
        Timestamp: at.getTime(),
        CloudWatchMetrics: [
          {
            Namespace: 'MfaEnforcer',
            Dimensions: [['Stack']],
            Metrics: [
              { Name: 'Reviews', Unit: 'Count' },
              { Name: 'BlockLatency', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      account: '111122223333',
      user: 'dana',
      Stack: 'the-stack',
      Reviews: 1,
      BlockLatency: 2250,
    });
  });

  it('is none where nothing is to be measured', () => {
    expect(emfLine('the-stack', {}, about, at)).toBeNull();
  });
});
