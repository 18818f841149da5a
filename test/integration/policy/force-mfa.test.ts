import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  forceMfaBoundary,
  forceMfaInline,
  forceMfaPolicy,
  type PolicyDocument,
} from '../../../functions/domain/rules/force-mfa.ts';
import {
  serviceCredentials,
  signingCertificate,
  sshKey,
} from '../../../functions/domain/rules/other-credentials.ts';
import { template } from '../../fakes/template.ts';
import { actionsOf, ask, services } from './evaluator.ts';
import {
  arnOf,
  baselines,
  cells,
  type Form,
  forms,
  matrix,
  resourcesFor,
  SERVICES,
  wrongCells,
} from './matrix.ts';
import { shortTable } from './table.ts';

/** What a blocked user may do without MFA. */
const openActions = Object.keys(matrix.open);
// All forms but the one that is tried with every action.
const variants = matrix.partitions
  .flatMap((partition) =>
    (['console', 'console-and-keys'] as const).map((enrolWith) => [partition, enrolWith] as const),
  )
  .filter(([partition, enrolWith]) => partition !== 'aws' || enrolWith !== 'console');

describe.each(Object.entries(forms))('%s, judged by an independent evaluator', (_, form: Form) => {
  it('answers every cell of the matrix by the rule, for all actions of IAM, STS and AWS Sign-In', async () => {
    const all = await cells();
    const actions = new Set(all.map(({ action }) => action));
    const known = (await Promise.all(SERVICES.map(actionsOf))).flat();
    expect(actions.size).toBe(known.length);
    expect(await wrongCells(all, form)).toEqual([]);
    expect(all.length).toBeGreaterThan(8_000);
  }, 120_000);

  it.each(variants)(
    'allows users to enrol themselves and no other user in %s with the %s',
    async (partition, enrolWith) => {
      const all = (await cells(partition, enrolWith)).filter(({ action }) =>
        openActions.includes(action),
      );
      expect(all.filter(({ resource }) => resource.includes(':user/')).length).toBeGreaterThan(500);
      expect(await wrongCells(all, form)).toEqual([]);
    },
    60_000,
  );

  it('answers at least one cell wrongly if any of its statements is missing', async () => {
    const all = (await cells()).filter(
      ({ action, user: { kind } }) =>
        [...openActions, 'iam:CreateAccessKey'].includes(action) && kind === 'with a path',
    );
    const { Version, Statement } = form.document('aws', 'console');
    for (const { Sid } of Statement) {
      const without = { Version, Statement: Statement.filter((one) => one.Sid !== Sid) };
      expect(await wrongCells(all, form, without), Sid).not.toEqual([]);
    }
  }, 60_000);
});

describe('ForceMFA', () => {
  it('denies an administrator’s access key every action of every service except enrolling', async () => {
    const user = matrix.users[0] as (typeof matrix.users)[0];
    const allowed = new Set<string>();
    let asked = 0;
    let ambiguous = 0;
    for (const service of await services()) {
      for (const { action, resources } of await actionsOf(service)) {
        for (const resource of new Set(resourcesFor(user, resources.slice(0, 1)))) {
          asked += 1;
          const question = {
            principal: arnOf(user),
            action,
            resource,
            context: { 'aws:username': 'dana', 'aws:ViaAWSService': 'false' },
            identityPolicies: [...baselines.administrator, forceMfaPolicy('aws', 'console')],
          };
          try {
            if ((await ask(question)) !== 'denied') allowed.add(action);
          } catch (error) {
            // The example ARNs of some services fit two of their resource types.
            if (!String(error).includes('multiple.resource.types')) throw error;
            ambiguous += 1;
          }
        }
      }
    }
    const { notWithKeys, alwaysAllowed } = matrix;
    const open = openActions.filter((action) => !notWithKeys.includes(action));
    expect([...allowed].toSorted()).toEqual([...open, ...alwaysAllowed].toSorted());
    expect(asked).toBeGreaterThan(15_000);
    expect(ambiguous).toBeLessThan(50);
  }, 240_000);

  it('is documented with the matrix’s short table', async () => {
    expect(readFileSync('docs/force-mfa.md', 'utf8')).toContain(await shortTable());
  }, 60_000);
});

describe('the documents', () => {
  const length = (document: PolicyDocument) => JSON.stringify(document).length;

  it.each(matrix.partitions)(
    'fit the quotas in %s: 6,144 characters for a managed policy, 2,048 for a user’s inline policies',
    (partition) => {
      expect(length(forceMfaPolicy(partition, 'console'))).toBeLessThan(6144 / 2);
      expect(length(forceMfaBoundary(partition, 'console'))).toBeLessThan(6144 / 2);
      // A user has inline policies of their own, too.
      expect(length(forceMfaInline(partition, 'console'))).toBeLessThan(1500);
    },
  );

  it.each([...Object.values(serviceCredentials), sshKey, signingCertificate])(
    'stop a $name, which $action is authorized for',
    async ({ action }) => {
      const [service = '', name = ''] = action.split(':');
      const [one] = (await actionsOf(service)).filter(
        (known) => known.action.toLowerCase() === `${service}:${name}`.toLowerCase(),
      );
      for (const policies of [[], [forceMfaPolicy('aws', 'console')]]) {
        const verdict = await ask({
          principal: 'arn:aws:iam::111122223333:user/dana',
          action,
          resource: one?.resources[0] ?? '',
          context: { 'aws:username': 'dana' },
          identityPolicies: [...baselines.administrator, ...policies],
        });
        expect(verdict).toBe(policies.length === 0 ? 'allowed' : 'denied');
      }
    },
  );

  it.each(matrix.partitions)('name their partition: %s', (partition) => {
    for (const { document } of Object.values(forms)) {
      const arns = JSON.stringify(document(partition, 'console')).match(/arn:[^:]+:/g) ?? [];
      expect([...new Set(arns)]).toEqual([`arn:${partition}:`]);
    }
  });

  it.each([
    ['console-and-keys', 1],
    ['console', 2],
  ] as const)('are deployed as they are printed, with EnrolWith %s', (enrolWith, branch) => {
    expect(template()).toHaveProperty('Conditions.EnrolWithKeys', {
      'Fn::Equals': [{ Ref: 'EnrolWith' }, 'console-and-keys'],
    });
    const chosen = (document: unknown) => {
      const choice = (document as { 'Fn::If': [string, unknown, unknown] })['Fn::If'];
      expect(choice[0]).toBe('EnrolWithKeys');
      return JSON.stringify(choice[branch])
        .replaceAll(/\{"Fn::Sub":("[^"]*")\}/g, '$1')
        .replaceAll('${AWS::Partition}', 'aws-cn')
        .replaceAll('${!aws:', '${aws:');
    };
    const propertiesOf = (id: string) => template().Resources[id]?.Properties;
    const deployed = (id: string) => JSON.parse(chosen(propertiesOf(id)?.PolicyDocument)) as object;
    const printed = (form: string) =>
      JSON.parse(
        execFileSync(
          'node',
          [
            'dist/cli/index.mjs',
            'policy',
            '--partition',
            'aws-cn',
            '--form',
            form,
            '--enrol-with',
            enrolWith,
          ],
          { encoding: 'utf8' },
        ),
      ) as object;
    expect(deployed('ForceMfaPolicy')).toEqual(printed('managed'));
    expect(deployed('ForceMfaBoundary')).toEqual(printed('boundary'));
    const policies = propertiesOf('ForceMfaGroup')?.Policies as
      | { PolicyDocument: unknown }[]
      | undefined;
    expect(JSON.parse(chosen(policies?.[0]?.PolicyDocument))).toEqual(printed('managed'));
  });
});
