import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  forceMfaBoundary,
  forceMfaInline,
  forceMfaPolicy,
  type PolicyDocument,
} from '../../functions/domain/force-mfa.ts';
import { template } from '../infra/template.ts';
import { ACCOUNT, actionsOf, ask, services } from './evaluator.ts';
import { answer, arnOf, baselines, cells, expected, matrix } from './matrix.ts';
import { shortTable } from './table.ts';

describe('ForceMFA, judged by an independent evaluator', () => {
  it('answers every cell of the matrix as the rule says, for all IAM actions', async () => {
    const all = await cells();
    const actions = new Set(
      all.map(({ action }) => action).filter((action) => action.startsWith('iam:')),
    );
    expect(actions.size).toBe((await actionsOf('iam')).length);
    const wrong: string[] = [];
    for (const cell of all) {
      const verdict = await answer(cell);
      if (expected(cell).includes(verdict)) continue;
      const { session, user, baseline, action, resource } = cell;
      wrong.push(
        `${action} on ${resource}, ${user.kind}, ${baseline}, ${session.name}: ${verdict}`,
      );
    }
    expect(wrong).toEqual([]);
    expect(all.length).toBeGreaterThan(8_000);
  }, 120_000);

  it('denies an administrator’s access key every action of every service but enrolling', async () => {
    const [user] = matrix.users;
    const allowed: string[] = [];
    let asked = 0;
    let ambiguous = 0;
    for (const service of await services()) {
      for (const { action, resources } of await actionsOf(service)) {
        const resource = resources[0] ?? '*';
        asked += 1;
        const question = {
          principal: arnOf(user as (typeof matrix.users)[0]),
          action,
          resource,
          context: { 'aws:username': 'dana', 'aws:ViaAWSService': 'false' },
          identityPolicies: [...baselines.administrator, forceMfaPolicy('aws')],
        };
        try {
          if ((await ask(question)) !== 'denied') allowed.push(action);
        } catch (error) {
          // Some services' example ARNs fit two of their own resource types.
          if (!String(error).includes('multiple.resource.types')) throw error;
          ambiguous += 1;
        }
      }
    }
    const { open, openWithoutGrant, alwaysAllowed } = matrix;
    expect(allowed.toSorted()).toEqual(
      [...Object.keys(open), ...openWithoutGrant, ...alwaysAllowed].toSorted(),
    );
    expect(asked).toBeGreaterThan(15_000);
    expect(ambiguous).toBeLessThan(50);
  }, 240_000);

  it('has its short table in the docs', async () => {
    expect(readFileSync('docs/force-mfa.md', 'utf8')).toContain(await shortTable());
  }, 60_000);
});

describe.each([
  ['the boundary', { boundary: forceMfaBoundary, identityPolicies: baselines.administrator }],
  ['the inline deny', { identityPolicies: [...baselines.administrator, forceMfaInline] }],
])('%s', (_, policies) => {
  it('holds and lets go exactly as the policy does, and grants nothing', async () => {
    const wrong: string[] = [];
    for (const cell of (await cells()).filter(({ baseline }) => baseline === 'administrator')) {
      const question = {
        principal: arnOf(cell.user),
        action: cell.action,
        resource: cell.resource,
        context: { ...cell.session.context, 'aws:username': cell.user.name },
      };
      const verdict = await ask({ ...question, ...policies });
      if (!expected(cell).includes(verdict))
        wrong.push(`${cell.action} in ${cell.session.name}: ${verdict}`);
      const alone = await ask({ ...question, identityPolicies: [] });
      if (alone === 'allowed' && !matrix.alwaysAllowed.includes(cell.action))
        wrong.push(`${cell.action} is granted`);
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});

describe('the documents', () => {
  const length = (document: PolicyDocument) => JSON.stringify(document).length;

  it('fit: a managed policy 6,144 characters, a user’s inline policies 2,048', () => {
    for (const partition of ['aws', 'aws-us-gov', 'aws-cn']) {
      expect(length(forceMfaPolicy(partition))).toBeLessThan(6144);
    }
    expect(length(forceMfaBoundary)).toBeLessThan(6144);
    expect(length(forceMfaInline)).toBeLessThan(2048 / 2);
  });

  it.each(['aws', 'aws-us-gov', 'aws-cn'])('name the partition they are for: %s', (partition) => {
    const arns = JSON.stringify(forceMfaPolicy(partition)).match(/arn:[^:]+:/g) ?? [];
    expect([...new Set(arns)]).toEqual([`arn:${partition}:`]);
  });

  it('are deployed as they are printed', () => {
    const deployed = (id: string) =>
      JSON.stringify(template().Resources[id]?.Properties.PolicyDocument)
        .replaceAll(/\{"Fn::Sub":("[^"]*")\}/g, '$1')
        .replaceAll('${AWS::Partition}', 'aws-cn')
        .replaceAll('${!aws:', '${aws:');
    const printed = (form: string) =>
      JSON.parse(
        execFileSync(
          'node',
          ['dist/cli/index.mjs', 'policy', '--partition', 'aws-cn', '--form', form],
          {
            encoding: 'utf8',
          },
        ),
      ) as object;
    expect(JSON.parse(deployed('ForceMfaPolicy'))).toEqual(printed('managed'));
    expect(JSON.parse(deployed('ForceMfaBoundary'))).toEqual(printed('boundary'));
    expect(ACCOUNT).toMatch(/^\d{12}$/);
  });
});
