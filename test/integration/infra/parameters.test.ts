import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { template } from '../../fakes/template.ts';

const TemplateParameters = createRequire(import.meta.url)(
  '../../../infra/plugins/template-parameters.cjs',
) as new (
  serverless: object,
) => {
  readonly hooks: Readonly<Record<string, () => void>>;
};

// osls clears .serverless, which other tests read. Therefore it works on a copy.
const folder = mkdtempSync(join(tmpdir(), 'parameters-'));
for (const part of ['serverless.yml', 'package.json', 'infra', 'dist']) {
  cpSync(part, join(folder, part), { recursive: true });
}
symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function packageWith(...pairs: string[]) {
  const args = pairs.map((pair) => `--param=${pair}`);
  const { status, stdout, stderr } = spawnSync('npx', ['osls', 'package', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, message: stdout + stderr };
}

describe('a parameter given at packaging', () => {
  it('becomes the default of the deployed template, and the others stay as they are', () => {
    const tags = 'team:robots,acme:userType=Service,"acme:team"="a=b"';
    expect(packageWith('Mode=observe', `ExemptTags=${tags}`).status).toBe(0);
    const file = join(folder, '.serverless/cloudformation-template-update-stack.json');
    const { Parameters } = JSON.parse(readFileSync(file, 'utf8')) as {
      Parameters: Record<string, { Default: string }>;
    };
    expect(Parameters.Mode?.Default).toBe('observe');
    expect(Parameters.ExemptTags?.Default).toBe(tags);
    expect(Parameters.Scope?.Default).toBe('all-users');
  }, 30_000);

  it('stops the packaging if it is wrong', () => {
    const { status, message } = packageWith('Mode=audit');
    expect(status).not.toBe(0);
    expect(message).toContain('Mode must be one of enforce, observe, not "audit"');
  }, 30_000);

  it.each([
    ['Mod=observe', 'there is no parameter Mod; there are Mode, Scope,'],
    ['Mode=audit', 'Mode must be one of enforce, observe, not "audit"'],
    ['ExemptTags=userType', 'ExemptTags="userType" must be pairs separated by commas'],
    ['ExemptTags=acme:userType:Service', 'as in userType:Service,acme:userType=Service'],
    ['Mode', '--param="Mode" is no Name=value'],
  ])('is refused by the plugin with the reason: %s', (pair, why) => {
    const { hooks } = new TemplateParameters({
      processedInput: { options: { param: pair } },
      service: { resources: template() },
    });
    expect(hooks['before:package:finalize']).toThrow(why);
  });
});
