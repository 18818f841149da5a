import { afterEach, describe, expect, it, vi } from 'vitest';
import { BUCKET, MemoryDeployment } from '../../fakes/memory-deployment.ts';
import { deployed, END, endOf } from '../../fakes/removal.ts';

// A run of deploy or remove may end anywhere: the process is killed, or the network is gone.

afterEach(() => {
  vi.restoreAllMocks();
});

class Killed extends Error {
  override readonly name = 'Killed';
}

/** Lets a run come as far as its nth call. From then on nothing reaches AWS. @param isDone whether that call still takes effect */
function kill(aws: MemoryDeployment, nth: number, isDone: boolean): void {
  let calls = 0;
  aws.before = () => {
    calls += 1;
    if (calls > nth || (calls === nth && !isDone)) throw new Killed();
  };
  aws.after = () => {
    if (calls === nth) throw new Killed();
  };
}

function revive(aws: MemoryDeployment): void {
  aws.before = () => undefined;
  aws.after = () => undefined;
  // What AWS has begun it does by itself.
  aws.stacks.finish();
}

/** A call that only reads is the same whether it is done or not. */
const endsOf = ({ calls, writes }: MemoryDeployment, nth: number) =>
  writes.includes(calls[nth - 1] ?? '') ? [false, true] : [false];

/** The names of what a run has left, without the state table: a stack that is gone no longer names it. */
const left = (stdout: string) =>
  (JSON.parse(stdout) as { left: string[] }).left.filter((one) => !one.includes('state table'));

describe('interrupted at any call', () => {
  it('remove ends the same when it is run again', async () => {
    const whole = deployed();
    whole.parameters.set('/mfa-enforcer/slack-webhook', 'SecureString');
    const ran = await whole.say(['remove', '--yes', '--json']);
    const calls = whole.calls.length;
    expect(calls).toBeGreaterThan(40);
    for (let nth = 1; nth <= calls; nth += 1) {
      for (const isDone of endsOf(whole, nth)) {
        vi.restoreAllMocks();
        const aws = deployed();
        aws.parameters.set('/mfa-enforcer/slack-webhook', 'SecureString');
        kill(aws, nth, isDone);
        await aws.say(['remove', '--yes', '--json']);
        revive(aws);
        const again = await aws.say(['remove', '--yes', '--json']);
        const at = `${whole.calls[nth - 1]}, call ${nth}, ${isDone ? 'done' : 'not done'}`;
        expect([at, again.status, endOf(aws)]).toEqual([at, 0, END]);
        expect([at, left(again.stdout)]).toEqual([at, left(ran.stdout)]);
      }
    }
  });

  it.each(['a new stack', 'an update'])(
    'deploy of %s ends the same when it is run again',
    async (what) => {
      const fresh = () => {
        vi.restoreAllMocks();
        const aws = new MemoryDeployment().install();
        if (what === 'an update') aws.deployed();
        return aws;
      };
      const args = ['deploy', '--mode', 'enforce', '--yes'];
      const whole = fresh();
      await whole.say(args);
      const calls = whole.calls.length;
      expect(calls).toBeGreaterThan(30);
      for (let nth = 1; nth <= calls; nth += 1) {
        for (const isDone of [false, true]) {
          const aws = fresh();
          kill(aws, nth, isDone);
          await aws.say(args);
          revive(aws);
          const again = await aws.say(args);
          const at = `${whole.calls[nth - 1]}, call ${nth}, ${isDone ? 'done' : 'not done'}`;
          const { existing } = aws.stacks;
          expect([at, again.status, existing.map(({ status }) => status)]).toEqual([
            at,
            0,
            [expect.stringMatching(/^(CREATE|UPDATE)_COMPLETE$/)],
          ]);
          expect([at, existing[0]?.parameters.Mode]).toEqual([at, 'enforce']);
          expect([at, existing[0]?.changeSets.size]).toEqual([at, 0]);
          expect([...aws.buckets.keys()]).toEqual([BUCKET]);
        }
      }
    },
  );
});
