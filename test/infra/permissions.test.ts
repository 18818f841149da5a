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

// Only where the deployment opts in (InlineDeny): in a policy of its own, behind a condition.
const OPTED_IN = ['iam:DeleteUserPolicy', 'iam:PutUserPolicy'];

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
    expect(granted(roleId)).toEqual(needs.filter((action) => !OPTED_IN.includes(action)));
  });

  it('and the inline deny’s only where the deployment opts in', () => {
    const { Type, Condition, Properties } = template().Resources.OnIamChangeInlineDeny ?? {};
    expect({ Type, Condition }).toEqual({
      Type: 'AWS::IAM::RolePolicy',
      Condition: 'InlineDenyAllowed',
    });
    const { Statement } = (Properties as { PolicyDocument: { Statement: { Action: string[] }[] } })
      .PolicyDocument;
    expect(Statement.flatMap(({ Action }) => Action)).toEqual(OPTED_IN);
    expect(template().Parameters.InlineDeny?.Default).toBe('no');
  });

  it('and names every action in full', () => {
    for (const role of ['OnIamChangeRole', 'NightlySweepRole', 'NotifySlackRole']) {
      for (const action of statementsOf(role).flatMap(actionsOf))
        expect(action).toMatch(/^[a-z]+:[A-Za-z]+$/);
    }
  });
});
