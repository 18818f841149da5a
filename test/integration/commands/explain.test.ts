import { expect, it } from 'vitest';
import { everyState } from '../../fakes/command-accounts.ts';
import { runProgram } from '../../fakes/program.ts';

it('the packaged program: explain succeeds under throttling', async () => {
  const server = await everyState();
  server.throttle({ perSecond: 10, burst: 2 });
  expect(await runProgram(server.endpoint, ['explain', 'blocked'])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('blocked: blocked'),
    stderr: '',
  });
});
