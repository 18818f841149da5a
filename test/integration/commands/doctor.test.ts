import { expect, it } from 'vitest';
import { runProgram } from '../../fakes/program.ts';

// deployment.test.ts has their findings in a deployment, and test/e2e those over the wire.
it.each(['doctor', 'redrive'])(
  'the packaged program: %s reports that AWS does not answer',
  async (command) => {
    const ran = await runProgram('http://127.0.0.1:9', [command]);
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(ran.stderr).toMatch(/^The endpoint refused the connection .*ECONNREFUSED.*\n$/);
  },
);
