import { describe, expect, it } from 'vitest';
import { everyState } from '../../fakes/command-accounts.ts';
import { say } from '../../fakes/shell.ts';

describe('at a terminal', () => {
  it('a sweep asks one question, and does what the answer is', async () => {
    const server = await everyState();
    const questions: string[] = [];
    const answering = (answer: boolean) => async (question: string) => {
      questions.push(question);
      return answer;
    };
    const no = await say(server.endpoint, ['sweep'], { ask: answering(false) });
    expect(no).toMatchObject({ status: 1, stdout: '', stderr: 'Nothing was changed.\n' });
    expect(server.iam.isBlocked('unprotected')).toBe(false);
    const yes = await say(server.endpoint, ['sweep'], { ask: answering(true) });
    expect(yes).toMatchObject({ status: 0, stderr: '' });
    expect(server.iam.isBlocked('unprotected')).toBe(true);
    expect(questions).toEqual(
      Array(2).fill(
        'Change 3 users of account 111122223333 (mfa-enforcer plan lists the changes)? Settings: scope all-users, unblock on-enrolment, exempt tags userType:Service, block limit auto. [y/N] ',
      ),
    );
  });

  it('--yes asks nothing', async () => {
    const { endpoint } = await everyState();
    const ask = () => Promise.reject(new Error('asked'));
    expect(await say(endpoint, ['rollback', '--yes'], { ask })).toMatchObject({ status: 0 });
  });

  it('the progress bar grows from nothing to all, and is cleared', async () => {
    const { endpoint } = await everyState();
    let time = 0;
    const now = () => {
      time += 1000;
      return new Date(time);
    };
    const { stderr } = await say(endpoint, ['report', '--json'], { progress: true, now });
    const drawn = [...stderr.matchAll(/(\d+)\/7/g)].map(([, count]) => Number(count));
    expect(drawn).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(stderr).toContain(`Reading users ${'█'.repeat(24)} 7/7`);
    expect(stderr.endsWith('\r\u001b[K')).toBe(true);
  });

  it('a table is as wide as the terminal', async () => {
    const { endpoint } = await everyState();
    const { stdout } = await say(endpoint, ['report'], { screen: { columns: 50 } });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is taken away
    const lines = stdout.replaceAll(/\u001b\[\d+m/g, '').split('\n');
    const rows = lines.slice(lines.findIndex((line) => line.startsWith('user')));
    expect(Math.max(...rows.map((line) => line.length))).toBeLessThanOrEqual(50);
  });
});
