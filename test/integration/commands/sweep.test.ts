import { describe, expect, it } from 'vitest';
import { everyState } from '../../fakes/command-accounts.ts';
import { runProgram } from '../../fakes/program.ts';

describe.concurrent('the packaged program: sweep', () => {
  const writesOf = ({ iam }: Awaited<ReturnType<typeof everyState>>) =>
    iam.writes.filter((action) => action !== 'GetCallerIdentity').toSorted();

  it('succeeds under throttling, and does everything once', async () => {
    const server = await everyState();
    server.throttle({ perSecond: 20, burst: 4 });
    const ran = await runProgram(server.endpoint, ['sweep', '--yes']);
    expect(ran.status).toBe(0);
    expect(writesOf(server)).toEqual(['AttachUserPolicy', 'AttachUserPolicy', 'DetachUserPolicy']);
  });

  it.each([
    ['y\n', 0, 3],
    ['n\n', 1, 0],
  ])('asks at a terminal, and takes %j for an answer', async (input, status, writes) => {
    const server = await everyState();
    const ran = await runProgram(server.endpoint, ['sweep'], {
      input,
      terminals: ['stdin', 'stderr'],
    });
    expect(ran.status).toBe(status);
    expect(ran.stderr).toContain('[y/N]');
    expect(writesOf(server)).toHaveLength(writes);
  });
});
