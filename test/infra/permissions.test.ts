import { resolve } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { actionsOf, statementsOf, template } from './template.ts';

// What Lambda itself needs: to poll the queue, to write the log, and to keep a failed invocation.
const PLATFORM = ['Receive', 'WriteLog', 'TellOfFailure'];

/** The permissions declared by the io functions that an entry point's bundle holds. */
async function declared(entryPoint: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [`functions/${entryPoint}.ts`],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  });
  const [output] = Object.values(metafile.outputs);
  const ioFiles = Object.entries(output?.inputs ?? {})
    .filter(([file, { bytesInOutput }]) => file.startsWith('functions/io/') && bytesInOutput > 0)
    .map(([file]) => file);
  const modules = await Promise.all(
    ioFiles.map(async (file) => (await import(resolve(file))) as Record<string, unknown>),
  );
  const permissions = modules
    .flatMap((module) => Object.values(module))
    .flatMap((exported) => (exported as { permissions?: string[] }).permissions ?? []);
  return [...new Set(permissions)].toSorted();
}

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
    const needs = await declared(entryPoint);
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
