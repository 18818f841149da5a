import { describe, expect, it } from 'vitest';
import {
  flagOf,
  type GivenValue,
  mayBlockMore,
  optionOf,
  parameterProblem,
  planParameters,
  type TemplateParameter,
} from '../../../../functions/domain/deployment/parameters.ts';

describe('a value of a parameter', () => {
  const modes = { AllowedValues: ['observe', 'enforce'] };
  const limit = {
    AllowedPattern: 'auto|[0-9]+',
    ConstraintDescription: 'must be auto or a number',
  };
  const cases: readonly [value: string, parameter: TemplateParameter, problem: string | null][] = [
    ['enforce', modes, null],
    ['audit', modes, 'P must be observe or enforce, not "audit"'],
    ['', { AllowedValues: ['a', 'b', 'c'] }, 'P must be a, b or c, not ""'],
    ['b', { AllowedValues: ['a'] }, 'P must be a, not "b"'],
    ['12', limit, null],
    ['auto', limit, null],
    // CloudFormation matches the whole value.
    ['auto12', limit, 'P "auto12" must be auto or a number'],
    ['x12', limit, 'P "x12" must be auto or a number'],
    ['x', { AllowedPattern: 'y' }, 'P "x" must match y'],
    ['anything', {}, null],
  ];
  it.each(cases)('%j is checked by %j', (value, parameter, problem) => {
    expect(parameterProblem('P', value, parameter)).toBe(problem);
  });
});

const template = {
  Mode: { Default: 'observe' },
  Scope: { Default: 'all-users' },
  S3Bucket: {},
};
const plan = (
  deployed: Readonly<Record<string, string>> | null,
  given: Readonly<Record<string, GivenValue>> = {},
) => planParameters(template, deployed, new Map(Object.entries(given)));

describe('the parameters of a deployment', () => {
  it('of a new stack are the given values, and defaults that are not sent', () => {
    expect(plan(null, { S3Bucket: { value: 'code', source: 'deploy' } })).toEqual({
      values: { Mode: 'observe', Scope: 'all-users', S3Bucket: 'code' },
      sent: [{ name: 'S3Bucket', value: 'code' }],
      changes: [
        { name: 'Mode', from: null, to: 'observe', source: 'default' },
        { name: 'Scope', from: null, to: 'all-users', source: 'default' },
        { name: 'S3Bucket', from: null, to: 'code', source: 'deploy' },
      ],
    });
  });

  it('keep the stack’s value where none is given', () => {
    expect(plan({ Mode: 'enforce', Scope: 'console-users', S3Bucket: 'b' })).toEqual({
      values: { Mode: 'enforce', Scope: 'console-users', S3Bucket: 'b' },
      sent: [
        { name: 'Mode', value: null },
        { name: 'Scope', value: null },
        { name: 'S3Bucket', value: null },
      ],
      changes: [],
    });
  });

  it('change where another value is given, and only there', () => {
    const given = {
      Mode: { value: 'observe', source: 'flag' },
      Scope: { value: 'all-users', source: 'file' },
    } as const;
    expect(plan({ Mode: 'enforce', Scope: 'all-users', S3Bucket: 'b' }, given)).toEqual({
      values: { Mode: 'observe', Scope: 'all-users', S3Bucket: 'b' },
      sent: [
        { name: 'Mode', value: 'observe' },
        { name: 'Scope', value: 'all-users' },
        { name: 'S3Bucket', value: null },
      ],
      changes: [{ name: 'Mode', from: 'enforce', to: 'observe', source: 'flag' }],
    });
  });

  it('get the default of a parameter that is new, and lose one that the release no longer has', () => {
    expect(plan({ Mode: 'enforce', S3Bucket: 'b', Old: 'x' }).changes).toEqual([
      { name: 'Scope', from: null, to: 'all-users', source: 'default' },
      { name: 'Old', from: 'x', to: null, source: 'deploy' },
    ]);
  });

  it('are empty where there is neither a value nor a default', () => {
    expect(plan(null).values.S3Bucket).toBe('');
  });

  it('can be the empty value of the stack', () => {
    expect(plan({ Mode: '', Scope: 'all-users', S3Bucket: 'b' })).toMatchObject({
      values: { Mode: '' },
      changes: [],
    });
  });
});

describe('a deployment may block more users', () => {
  const more: readonly [name: string, mode: string, may: boolean][] = [
    ['Mode', 'enforce', true],
    ['Scope', 'enforce', true],
    ['ExemptTags', 'enforce', true],
    ['ExemptUsers', 'enforce', true],
    ['ExemptPassword', 'enforce', true],
    ['BlockLimit', 'enforce', true],
    ['BoundaryDeny', 'enforce', true],
    ['InlineDeny', 'enforce', true],
    ['SlackMentions', 'enforce', false],
    ['Scope', 'observe', false],
  ];
  it.each(more)('by a change of %s in mode %s: %s', (name, Mode, may) => {
    const changes = [
      { name: 'SlackMentions', from: 'no', to: 'yes', source: 'flag' },
      { name, from: 'a', to: 'b', source: 'flag' },
    ] as const;
    expect(mayBlockMore({ values: { Mode }, sent: [], changes })).toBe(may);
  });
});

it.each([
  ['Mode', '--mode', 'mode'],
  ['ExemptTags', '--exempt-tags', 'exemptTags'],
  ['AlarmTopicArn', '--alarm-topic-arn', 'alarmTopicArn'],
  ['S3Bucket', '--s3-bucket', 's3Bucket'],
])('the parameter %s has the flag %s and the option %s', (name, flag, option) => {
  expect(flagOf(name)).toBe(flag);
  expect(optionOf(name)).toBe(option);
});
