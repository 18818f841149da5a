import { describe, expect, it } from 'vitest';
import {
  deployedResources,
  hubResources,
} from '../../../../functions/domain/deployment/deployed-resources.ts';
import { partsOf, pathStages } from '../../../../functions/domain/deployment/event-path-stages.ts';

describe('the stages of an event path', () => {
  it('are in the order of the event', () => {
    expect(pathStages).toEqual([
      'request',
      'call',
      'trail',
      'rule',
      'queue',
      'function',
      'outcome',
    ]);
  });

  it('are made of parts of the stack', () => {
    expect(pathStages.map((stage) => [stage, partsOf(stage, false)])).toEqual([
      [
        'request',
        [
          'SweepsQueue',
          'NightlySweepLambdaFunction',
          'NightlySweepEventSourceMappingSQSSweepsQueue',
          'NightlySweepRole',
        ],
      ],
      ['call', []],
      ['trail', []],
      ['rule', ['PolicyChangesRule']],
      ['queue', ['IamChangesQueue']],
      [
        'function',
        ['OnIamChangeLambdaFunction', 'OnIamChangeEventSourceMappingSQSIamChangesQueue'],
      ],
      ['outcome', ['OnIamChangeRole']],
    ]);
  });

  it('have for a spoke the hub’s rule for forwarded events', () => {
    expect(partsOf('rule', true)).toEqual(['ForwardedRule']);
    expect(partsOf('queue', true)).toEqual(['IamChangesQueue']);
  });

  it('have only parts that a deployment has', () => {
    const all = [...deployedResources, ...hubResources];
    const parts = pathStages.flatMap((stage) => [
      ...partsOf(stage, false),
      ...partsOf(stage, true),
    ]);
    expect(parts.filter((id) => !all.includes(id))).toEqual([]);
  });
});
