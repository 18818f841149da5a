import { describe, expect, it } from 'vitest';
import {
  byOtherMethod,
  mayUseOtherMethod,
  methodsOf,
} from '../../../../functions/domain/rules/block-methods.ts';
import {
  blockingPolicies,
  sameDocument,
} from '../../../../functions/domain/rules/blocking-policies.ts';
import {
  forceMfaBoundary,
  forceMfaInline,
  forceMfaPolicy,
} from '../../../../functions/domain/rules/force-mfa.ts';
import { BOUNDARY, POLICY, settingsWith } from '../../../fakes/settings.ts';

describe('the block methods that block a user', () => {
  const settings = settingsWith();
  it.each([
    ['nothing', { policies: [] }, []],
    ['others of each', { policies: ['P'], groups: ['g'], boundary: 'B', inlineDocument: {} }, []],
    ['nothing of each', { policies: [], groups: [], boundary: null, inlineDocument: null }, []],
    ['the policy', { policies: ['P', POLICY] }, ['managed-policy']],
    ['the group', { policies: [], groups: ['g', 'ForceMFA'] }, ['deny-group']],
    ['the boundary', { policies: [], boundary: BOUNDARY }, ['boundary']],
    [
      'ours, made anew in another case',
      {
        policies: [POLICY.replace('ForceMFA', 'FORCEMFA')],
        groups: ['forcemfa'],
        boundary: BOUNDARY.replace('ForceMFA', 'FORCEMFA'),
      },
      ['managed-policy', 'deny-group', 'boundary'],
    ],
    [
      'the inline deny',
      { policies: [], inlineDocument: forceMfaInline('aws', 'console') },
      ['inline-policy'],
    ],
    [
      'all, highest first',
      {
        inlineDocument: forceMfaInline('aws', 'console'),
        boundary: BOUNDARY,
        groups: ['ForceMFA'],
        policies: [POLICY],
      },
      ['managed-policy', 'deny-group', 'boundary', 'inline-policy'],
    ],
  ])('%s', (_, traces, methods) => {
    expect(methodsOf(traces, settings)).toEqual(methods);
  });

  it.each(['console', 'console-and-keys'] as const)(
    'has the inline deny of before EnrolWith was changed to %s',
    (enrolWith) => {
      const methods = (other: 'console' | 'console-and-keys') =>
        methodsOf(
          { policies: [], inlineDocument: forceMfaInline('aws', other) },
          settingsWith({ enrolWith }),
        );
      expect(methods('console')).toEqual(['inline-policy']);
      expect(methods('console-and-keys')).toEqual(['inline-policy']);
    },
  );

  it('has the inline deny of its own partition only', () => {
    const china = settingsWith({ policyArn: POLICY.replace('arn:aws:', 'arn:aws-cn:') });
    const methods = (partition: string) =>
      methodsOf({ policies: [], inlineDocument: forceMfaInline(partition, 'console') }, china);
    expect([methods('aws-cn'), methods('aws')]).toEqual([['inline-policy'], []]);
  });

  it.each([
    [9, false],
    [10, true],
    [11, true],
  ])('may be lower ones with %i policies: %s', (count, may) => {
    expect(mayUseOtherMethod(Array.from({ length: count }, String))).toBe(may);
  });

  it.each([
    ['not read', undefined, true],
    ['none', [], false],
    ['the highest', ['managed-policy'], false],
    ['a lower one', ['deny-group'], true],
    ['both', ['managed-policy', 'boundary'], true],
  ] as const)('are looked at again where they are: %s', (_, methods, lower) => {
    const attachments = methods && { methods, policies: [] };
    expect(byOtherMethod({ user: 'dana', ...(attachments ? { attachments } : {}) })).toBe(lower);
  });
});

describe('a policy document', () => {
  it.each([
    ['the same', { a: 1, b: [2] }, { a: 1, b: [2] }, true],
    ['keys in another order', { a: 1, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 1 }, true],
    ['texts in another order', { a: ['x', 'y'] }, { a: ['y', 'x'] }, true],
    ['values of other kinds in another order', { a: [1, 2] }, { a: [2, 1] }, false],
    ['values of several kinds in another order', { a: ['x', 1] }, { a: [1, 'x'] }, false],
    ['statements in another order', [{ a: 1 }, { b: 2 }], [{ b: 2 }, { a: 1 }], false],
    ['another value', { a: 1 }, { a: 2 }, false],
    ['another key', { a: 1 }, { b: 1 }, false],
    ['a key more', { a: 1 }, { a: 1, b: 1 }, false],
    ['a text more', { a: ['x'] }, { a: ['x', 'x'] }, false],
    ['a text for its list', { a: 'x' }, { a: ['x'] }, false],
    ['texts that join alike', ['x","y'], ['x', 'y'], false],
    ['a number for its text', { a: '1' }, { a: 1 }, false],
    ['nothing', null, undefined, true],
    ['nothing and something', null, {}, false],
    ['nothing and its text', null, 'null', false],
  ])('is the same or not: %s', (_, one, other, same) => {
    expect(sameDocument(one, other)).toBe(same);
    expect(sameDocument(other, one)).toBe(same);
  });
});

describe('the managed policies', () => {
  it('have the documents that EnrolWith chooses, and commands that print them', () => {
    const [policy, boundary] = blockingPolicies({
      policyArn: POLICY,
      boundaryArn: BOUNDARY,
      enrolWith: 'console-and-keys',
    });
    expect(policy?.document).toEqual(forceMfaPolicy('aws', 'console-and-keys'));
    expect(boundary?.document).toEqual(forceMfaBoundary('aws', 'console-and-keys'));
    const printing = 'policy --partition aws --enrol-with console-and-keys > policy.json';
    expect(policy?.fix).toContain(printing);
    expect(policy?.recreate).toContain(printing);
    expect(boundary?.fix).toContain('--partition aws --enrol-with console-and-keys >');
  });

  it('are the policy and the boundary, each with its document and the commands that fix it', () => {
    const own = (arn: string) => arn.replace('arn:aws:', 'arn:aws-cn:');
    const [policyArn, boundaryArn] = [own(POLICY), own(BOUNDARY)];
    const file = '--policy-document file://policy.json';
    const policy = (options: string) => `mfa-enforcer policy ${options} > policy.json && aws iam`;
    expect(blockingPolicies({ policyArn, boundaryArn, enrolWith: 'console' })).toEqual([
      {
        arn: policyArn,
        form: 'policy',
        document: forceMfaPolicy('aws-cn', 'console'),
        fix: `${policy('--partition aws-cn')} create-policy-version --policy-arn ${policyArn} ${file} --set-as-default`,
        recreate: `${policy('--partition aws-cn')} create-policy --policy-name ForceMFA ${file}`,
      },
      {
        arn: boundaryArn,
        form: 'boundary',
        document: forceMfaBoundary('aws-cn', 'console'),
        fix: `${policy('--form boundary --partition aws-cn')} create-policy-version --policy-arn ${boundaryArn} ${file} --set-as-default`,
        recreate: `${policy('--form boundary --partition aws-cn')} create-policy --policy-name ForceMFA-boundary ${file}`,
      },
    ]);
  });
});
