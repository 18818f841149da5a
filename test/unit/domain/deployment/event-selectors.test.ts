import { describe, expect, it } from 'vitest';
import { recordsWrites } from '../../../../functions/domain/deployment/event-selectors.ts';

type Fields = { Field: string; Equals?: string[]; NotEquals?: string[]; StartsWith?: string[] }[];
const management: Fields[number] = { Field: 'eventCategory', Equals: ['Management'] };
const advanced = (...FieldSelectors: Fields) => ({ basic: [], advanced: [{ FieldSelectors }] });
const basic = (selector: object) => ({ basic: [selector], advanced: [] });

describe('a trail records IAM’s writes', () => {
  it.each([
    [
      'with basic selectors for all',
      basic({ ReadWriteType: 'All', IncludeManagementEvents: true }),
    ],
    ['with basic selectors for writes', basic({ ReadWriteType: 'WriteOnly' })],
    ['with basic selectors by default', basic({})],
    ['with an advanced selector', advanced(management)],
    ['with one for writes', advanced(management, { Field: 'readOnly', Equals: ['false'] })],
    [
      'with one that leaves KMS out',
      advanced(management, { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] }),
    ],
    [
      'with one for IAM alone',
      advanced(management, { Field: 'eventSource', Equals: ['iam.amazonaws.com'] }),
    ],
    [
      'with one for services that begin like IAM, or like another',
      advanced(management, { Field: 'eventSource', StartsWith: ['s3.', 'iam.'] }),
    ],
    [
      'with one for IAM, or for services that begin like another',
      advanced(management, {
        Field: 'eventSource',
        Equals: ['iam.amazonaws.com'],
        StartsWith: ['s3.'],
      }),
    ],
    [
      'with one of several selectors',
      { basic: [], advanced: [{}, { FieldSelectors: [management] }] },
    ],
  ])('%s', (_, selectors) => {
    expect(recordsWrites(selectors)).toBe(true);
  });

  it.each([
    ['without selectors', { basic: [], advanced: [] }],
    ['where it records reads', basic({ ReadWriteType: 'ReadOnly' })],
    ['where it records data events', basic({ IncludeManagementEvents: false })],
    [
      'where it records data events, in new words',
      advanced({ Field: 'eventCategory', Equals: ['Data'] }),
    ],
    [
      'where it records data events but for some, in new words',
      advanced(
        { Field: 'eventCategory', Equals: ['Data'] },
        { Field: 'eventSource', NotEquals: ['s3.amazonaws.com'] },
      ),
    ],
    ['where a selector says nothing', { basic: [], advanced: [{}] }],
    [
      'where it records services that end like IAM',
      advanced(management, { Field: 'eventSource', StartsWith: ['.amazonaws.com'] }),
    ],
    [
      'where it records reads, in new words',
      advanced(management, { Field: 'readOnly', Equals: ['true'] }),
    ],
    [
      'where it records another service',
      advanced(management, { Field: 'eventSource', StartsWith: ['s3.'] }),
    ],
    [
      'where it leaves IAM out',
      advanced(management, { Field: 'eventSource', NotEquals: ['iam.amazonaws.com'] }),
    ],
  ])('not %s', (_, selectors) => {
    expect(recordsWrites(selectors)).toBe(false);
  });
});
