import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { emptyAccount } from '../../fakes/command-accounts.ts';
import { runProgram } from '../../fakes/program.ts';

it('the packaged program: replay reads standard input, and succeeds under throttling', async () => {
  const server = await emptyAccount();
  server.iam.put('dana');
  server.throttle({ perSecond: 10, burst: 2 });
  const input = readFileSync('events/samples/CreateUser.json', 'utf8');
  const ran = await runProgram(server.endpoint, ['replay', '-', '--enforce'], { input });
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  expect(server.iam.isBlocked('dana')).toBe(true);
});
