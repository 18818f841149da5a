import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commandEnv } from '../../fakes/command.ts';
import { PROGRAM } from '../../fakes/program.ts';

const env = commandEnv('http://127.0.0.1:9');

describe('the packaged program: preview', () => {
  it.skipIf(process.platform === 'win32')(
    'exits normally if its output is closed early, as by head',
    () => {
      const pipeline = '"$0" "$1" preview --json | head -1';
      const head = spawnSync('sh', ['-c', pipeline, process.execPath, PROGRAM], {
        env,
        encoding: 'utf8',
      });
      expect(head).toMatchObject({ status: 0, stdout: '{\n', stderr: '' });
    },
  );

  it('writes all of its output into a pipe', () => {
    const args = [PROGRAM, 'preview', '--json'];
    const text = execFileSync(process.execPath, args, { env, encoding: 'utf8' });
    expect(text.endsWith('}\n')).toBe(true);
  });
});
