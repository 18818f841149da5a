import { describe, expect, it } from 'vitest';
import { deleteCanary, listCanaries } from '../../../../functions/pipeline/prove/delete-canary.ts';
import { prove } from '../../../../functions/pipeline/prove/prove.ts';
import { type CanaryIam, refusals } from '../../../fakes/canary-iam.ts';
import { proving } from '../../../fakes/prove.ts';

const NAME = 'mfa-enforcer-canary-0a1b2c3d';
const silent = { begun: () => undefined, ended: () => undefined };

const run = async (it: ReturnType<typeof proving>) => {
  const results = await prove(it.deps, NAME, silent);
  return results.map(({ stage, status, message }) => [stage, status, message] as const);
};
const statusesOf = (results: Awaited<ReturnType<typeof run>>) =>
  results.map(([stage, status]) => `${stage} ${status}`);

const WHOLE = [
  'create proven',
  'block proven',
  'deny proven',
  'enrol proven',
  'unblock proven',
  'session proven',
  'delete proven',
];

type Change = Parameters<typeof proving>[0];
interface Case {
  readonly about: string;
  readonly change?: Change;
  readonly iam?: (iam: CanaryIam) => void;
  readonly results: readonly string[];
  /** Of the last stage before the deletion. */
  readonly message?: RegExp;
}

const upTo = (stage: string, status: string) => [
  ...WHOLE.slice(
    0,
    WHOLE.findIndex((one) => one.startsWith(stage)),
  ),
  `${stage} ${status}`,
  'delete proven',
];

const cases: readonly Case[] = [
  { about: 'a deployment that works', results: WHOLE },
  {
    about: 'a new key that AWS does not know at first',
    iam: ({ refused }) => refused.push(refusals.newKey, refusals.newKey, refusals.nothing),
    results: WHOLE,
  },
  {
    about: 'console users only',
    change: { settings: { scope: 'console-users' } },
    results: WHOLE,
  },
  {
    about: 'users who have time to enrol',
    change: { settings: { graceHours: 72 } },
    results: [...WHOLE.slice(0, 1), 'lose-device proven', ...WHOLE.slice(1)],
  },
  {
    about: 'Unblock never',
    change: { settings: { unblock: 'never' } },
    iam: (iam) => {
      iam.enforcer = { blocks: true, unblocks: false, afterMs: 2_000 };
    },
    results: WHOLE.map((one) => (one === 'unblock proven' ? 'unblock not-provable' : one)),
  },
  {
    about: 'an enforcer that does not block',
    iam: (iam) => {
      iam.enforcer = { blocks: false, unblocks: true, afterMs: 0 };
    },
    results: upTo('block', 'failed'),
    message: /^the user was not blocked within 300 s$/,
  },
  {
    about: 'an enforcer that does not unblock',
    iam: (iam) => {
      iam.enforcer = { blocks: true, unblocks: false, afterMs: 1_000 };
    },
    results: upTo('unblock', 'failed'),
    message: /^the user was not unblocked within 300 s$/,
  },
  {
    about: 'a block that AWS does not enforce',
    iam: (iam) => {
      iam.enforcesPolicies = false;
    },
    results: upTo('deny', 'failed'),
    message: /^AWS did not deny iam:ListAccessKeys to the access key within 300 s: AWS allowed/,
  },
  {
    about: 'an emulator that enforces no policies',
    change: { isLoopback: true },
    iam: (iam) => {
      iam.enforcesPolicies = false;
    },
    results: WHOLE.map((one) => (one === 'deny proven' ? 'deny not-provable' : one)),
  },
  { about: 'an emulator that enforces policies', change: { isLoopback: true }, results: WHOLE },
  {
    about: 'a service control policy that hides the block',
    iam: ({ refused }) => refused.push(refusals.scp),
    results: WHOLE.map((one) => (one === 'deny proven' ? 'deny not-provable' : one)),
  },
  {
    about: 'a key that AWS never gets to know',
    iam: ({ refused }) => refused.push(...Array(400).fill(refusals.newKey)),
    results: upTo('deny', 'failed'),
    message: /within 300 s: The security token included in the request is invalid/,
  },
  {
    about: 'an operator who may not create a device',
    iam: (iam) => {
      iam.before = (action) => {
        if (action === 'CreateVirtualMFADevice') throw new Error('AWS denied it');
      };
    },
    results: upTo('enrol', 'error'),
    message: /^AWS denied it$/,
  },
  {
    about: 'a call that is not allowed with MFA either',
    iam: (iam) => {
      iam.asCanary = () => {
        const send = async () => {
          throw refusals.block();
        };
        return Object.assign(Object.create(iam), { send });
      };
    },
    results: upTo('session', 'failed'),
    message: /^the call was not allowed with MFA within 300 s: .*explicit deny/,
  },
  {
    about: 'observe mode, whose message was sent',
    change: { settings: { mode: 'observe' }, wasReported: async () => true },
    results: ['create proven', 'report proven', 'delete proven'],
  },
  {
    about: 'observe mode without a message',
    change: { settings: { mode: 'observe' }, wasReported: async () => false },
    results: ['create proven', 'report failed', 'delete proven'],
    message: /^no message that .* would be blocked was sent within 300 s$/,
  },
  {
    about: 'observe mode whose state table is elsewhere',
    change: { settings: { mode: 'observe' } },
    results: ['create proven', 'report not-provable', 'delete proven'],
  },
];

describe('prove', () => {
  it.each(cases)('shows $about', async ({ change, iam, results, message }) => {
    const account = proving(change);
    iam?.(account.iam);
    const ran = await run(account);
    expect(statusesOf(ran)).toEqual(results);
    if (message) expect(ran.at(-2)?.[2]).toMatch(message);
    expect(account.iam.left).toEqual([]);
  });

  it('gives AWS three codes that follow each other, each once', async () => {
    const account = proving();
    await run(account);
    expect(account.iam.codes).toHaveLength(3);
    expect(new Set(account.iam.codes).size).toBe(3);
  });

  it('names no secret', async () => {
    const account = proving({ settings: { scope: 'console-users' } });
    const text = JSON.stringify(await run(account));
    expect(account.iam.passwords).toHaveLength(1);
    const secrets = [...account.iam.passwords, ...account.iam.codes, 'AKIACANARY', 'the-secret'];
    for (const secret of [...secrets, 'GEZDGNBV', 'session-token']) {
      expect(text).not.toContain(secret);
    }
  });

  it('says how long each stage took', async () => {
    const account = proving();
    const results = await prove(account.deps, NAME, silent);
    expect(results.find(({ stage }) => stage === 'block')?.ms).toBe(2_000);
    // The third code comes up to 30 s after the second.
    expect(results.find(({ stage }) => stage === 'session')?.ms).toBeLessThanOrEqual(30_000);
  });

  it('deletes the user although the enforcer blocks it again meanwhile', async () => {
    const account = proving();
    account.iam.after = (action) => {
      if (action !== 'DeactivateMFADevice' && action !== 'DetachUserPolicy') return;
      // Once, as fast as that.
      if (account.iam.count('AttachUserPolicy') > 0) return;
      account.iam.call('AttachUserPolicy', { UserName: NAME, PolicyArn: account.iam.policyArn });
    };
    expect(statusesOf(await run(account))).toEqual(WHOLE);
    expect(account.iam.left).toEqual([]);
  });

  it('reports what it could not delete', async () => {
    const account = proving();
    account.iam.before = (action) => {
      if (action === 'DeleteUser') throw new Error('AWS denied iam:DeleteUser');
    };
    const ran = await run(account);
    expect(ran.at(-1)).toEqual(['delete', 'error', 'AWS denied iam:DeleteUser']);
    account.iam.before = () => undefined;
    expect(await listCanaries(account.deps)).toEqual([NAME]);
  });

  it('stops and deletes everything when it is interrupted in any pause', async () => {
    for (let nth = 1; ; nth += 1) {
      const account = proving({ settings: { scope: 'console-users' } });
      let pauses = 0;
      const { pause } = account.deps;
      const deps = {
        ...account.deps,
        pause: async (ms: number) => {
          pauses += 1;
          if (pauses === nth) account.stop.abort();
          await pause(ms);
        },
      };
      const results = await prove(deps, NAME, silent);
      expect(account.iam.left).toEqual([]);
      if (pauses < nth) {
        expect(nth).toBeGreaterThan(5);
        break;
      }
      expect(results.map(({ status }) => status)).toContain('interrupted');
      expect(results.at(-1)).toMatchObject({ stage: 'delete', status: 'proven' });
    }
  });
});

describe('what a killed run has left', () => {
  class Killed extends Error {}

  it('is deleted by the next, at whichever call it was killed', async () => {
    const whole = proving({ settings: { scope: 'console-users' } });
    await run(whole);
    const calls = whole.iam.calls.length + 20;
    let killed = 0;
    for (let nth = 1; nth <= calls; nth += 1) {
      for (const isDone of [false, true]) {
        const { iam, deps } = proving({ settings: { scope: 'console-users' } });
        let count = 0;
        const ends = () => {
          killed += 1;
          throw new Killed();
        };
        iam.before = () => {
          count += 1;
          if (count > nth || (count === nth && !isDone)) ends();
        };
        iam.after = () => {
          if (count === nth) ends();
        };
        await run({ iam, deps } as never);
        iam.before = () => undefined;
        iam.after = () => undefined;
        for (const name of await listCanaries(deps)) await deleteCanary(deps, name);
        expect([nth, isDone, iam.left]).toEqual([nth, isDone, []]);
      }
    }
    expect(killed).toBeGreaterThan(60);
  });

  it('is nothing but canaries: no other user in the path is deleted', async () => {
    const { iam, deps } = proving();
    iam.call('CreateUser', { UserName: 'dana', Path: '/mfa-enforcer-canary/', Tags: [] });
    iam.call('CreateUser', { UserName: NAME, Path: '/mfa-enforcer-canary/', Tags: [] });
    iam.virtual.add(`arn:aws:iam::${iam.account}:mfa/phone`);
    expect(await listCanaries(deps)).toEqual([]);
    await expect(deleteCanary(deps, NAME)).rejects.toThrow(
      `The user ${NAME} lacks the path or the tag of a canary, and is not deleted`,
    );
    expect(iam.left).toHaveLength(3);
  });
});
