import { expect, it } from 'vitest';
import { everyState } from '../../fakes/command-accounts.ts';
import { runProgram } from '../../fakes/program.ts';

it('the packaged program: plan succeeds under throttling', async () => {
  const server = await everyState();
  server.throttle({ perSecond: 20, burst: 4 });
  const { stdout, status } = await runProgram(server.endpoint, ['plan', '--json']);
  expect(status).toBe(1);
  const { blocks } = JSON.parse(stdout) as {
    readonly blocks: readonly { readonly user: string }[];
  };
  expect(blocks.map(({ user }) => user)).toEqual(['unprotected', 'unprotected-with-keys']);
});
