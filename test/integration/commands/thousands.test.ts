import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Report } from '../../../events/report.ts';
import { reportHtml } from '../../../functions/render/html/page.ts';
import type { Ran } from '../../fakes/command.ts';
import { nameOf, THOUSANDS, thousands } from '../../fakes/command-accounts.ts';
import type { IamServer } from '../../fakes/iam-server.ts';
import { runProgram } from '../../fakes/program.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

const every = (remainder: number) =>
  Array.from({ length: THOUSANDS / 10 }, (_, index) => nameOf(index * 10 + remainder));
const unprotected = every(0);
const enrolled = every(1);

/** The tests run one after the other: they share two cores, and the last one changes the account. */
describe('five thousand users', () => {
  let server: IamServer;
  beforeAll(async () => {
    server = await thousands();
  });

  async function timed(...args: string[]): Promise<Ran> {
    server.resetCounts();
    const ran = await runProgram(server.endpoint, args);
    const calls = Object.values(server.counts).reduce((sum, count) => sum + count, 0);
    process.stdout.write(`${args.join(' ')}: ${(ran.ms / 1000).toFixed(1)} s, ${calls} calls\n`);
    return ran;
  }

  it('are all in the report, and on its page', async () => {
    const { stdout, stderr } = await timed('report', '--json');
    const report = Report.parse(JSON.parse(stdout));
    const { users, totals } = report;
    expect(stderr).toBe('');
    expect(new Set(users.map(({ name }) => name)).size).toBe(THOUSANDS);
    expect(totals).toMatchObject({ users: THOUSANDS, unprotected: 500, protected: 4500 });
    const onPage = new Set(reportHtml(report, { version: '0.1.0' }).match(/user-\d{4}/g));
    expect(onPage.size).toBe(THOUSANDS);
  });

  it('are counted in the PRTG format', async () => {
    const { stdout, status } = await timed('report', '--format', 'prtg');
    expect(status).toBe(1);
    expect(stdout.replaceAll(/\s+/g, '')).toContain(
      '<channel>Usersunprotected</channel><value>500</value>',
    );
    expect(stdout.length).toBeLessThan(5000);
  });

  it('are all in the plan', async () => {
    const { stdout } = await timed('plan', '--json', '--block-limit', '2500');
    const plan = JSON.parse(stdout) as Record<'blocks' | 'unblocks', { user: string }[]>;
    expect(plan.blocks.map(({ user }) => user)).toEqual(unprotected);
    expect(plan.unblocks.map(({ user }) => user)).toEqual(enrolled);
  });

  it('are all swept', async () => {
    const { status, stdout } = await timed('sweep', '--yes', '--block-limit', '2500');
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(1001);
    expect(unprotected.filter((user) => !server.iam.isBlocked(user))).toEqual([]);
    expect(enrolled.filter((user) => server.iam.isBlocked(user))).toEqual([]);
  });

  it('are all unblocked', async () => {
    const { status, stdout } = await timed('rollback', '--yes');
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(501);
    expect(unprotected.filter((user) => server.iam.isBlocked(user))).toEqual([]);
  });

  it('do not slow a command about one account', async () => {
    const one = unprotected[250] ?? '';
    const { stdout } = await timed('explain', one);
    expect(stdout).toMatch(new RegExp(`^${one}: UNPROTECTED`));
    const calls = Object.values(server.counts).reduce((sum, count) => sum + count, 0);
    expect(calls).toBeLessThan(10);
  });
});
