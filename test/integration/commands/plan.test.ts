import { expect, it } from 'vitest';
import { everyState } from '../../fakes/command-accounts.ts';
import { runProgram } from '../../fakes/program.ts';

it('the packaged program: plan comes through throttling', async () => {
  const server = await everyState();
  server.throttle({ perSecond: 20, burst: 4 });
  const { stdout, status } = await runProgram(server.endpoint, ['plan', '--json']);
  expect(status).toBe(1);
  const { holds } = JSON.parse(stdout) as { readonly holds: readonly { readonly user: string }[] };
  expect(holds.map(({ user }) => user)).toEqual(['exposed', 'exposed-with-keys']);
});
