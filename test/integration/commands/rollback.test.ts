import { expect, it } from 'vitest';
import { everyState } from '../../fakes/command-accounts.ts';
import { runProgram } from '../../fakes/program.ts';

it('the packaged program: rollback succeeds under throttling', async () => {
  const server = await everyState();
  server.throttle({ perSecond: 20, burst: 3 });
  expect(await runProgram(server.endpoint, ['rollback', '--yes'])).toMatchObject({ status: 0 });
  expect(server.iam.isBlocked('blocked')).toBe(false);
});
