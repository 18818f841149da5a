import { expect, it } from 'vitest';
import { runProgram } from '../../fakes/program.ts';

// What they find in a deployment is in deployment.test.ts, and over the wire in test/e2e.
it.each(['doctor', 'redrive'])(
  'the packaged program: %s reports that nothing answers',
  async (command) => {
    const ran = await runProgram('http://127.0.0.1:9', [command]);
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(ran.stderr).toMatch(/^The endpoint refused the connection .*ECONNREFUSED.*\n$/);
  },
);
