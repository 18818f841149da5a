import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import {
  accountNames,
  namesInStateTable,
} from '../../../../functions/pipeline/accounts/account-names.ts';
import {
  NotManaged,
  oneAccount,
  spokeAccounts,
} from '../../../../functions/pipeline/accounts/accounts.ts';
import {
  AccountUnreachable,
  unreachable,
} from '../../../../functions/pipeline/accounts/spoke-session.ts';
import { ACCOUNT, START, settingsWith, testPipeline } from '../../../fakes/pipeline.ts';
import { script } from '../../../fakes/scripted-client.ts';

const OTHER = '222233334444';
const ROLE = `arn:aws:iam::${OTHER}:role/ForceMFA-review`;
const MINUTE = 60_000;
const anywhere = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'memory', secretAccessKey: 'memory' },
};

describe('the names of an account', () => {
  it('have no alias where another account than the client’s is asked for', async () => {
    const { iam, log } = testPipeline();
    Object.assign(iam, { alias: 'acme' });
    const names = accountNames(ACCOUNT, iam, async () => 'Production', log);
    expect(await names(ACCOUNT)).toEqual({ alias: 'acme', accountName: 'Production' });
    expect(await names(OTHER)).toEqual({ alias: null, accountName: 'Production' });
  });

  it('are missing if they cannot be read, and the log names them and the reason', async () => {
    const pipeline = testPipeline();
    const { iam, dynamo, log, logged } = pipeline;
    const why = new Error('IAM is unavailable');
    iam.failNext('ListAccountAliases', () => why);
    dynamo.fail.GetItem = 1;
    const names = accountNames(ACCOUNT, iam, namesInStateTable(dynamo, 'memory', log), log);
    expect(await names(ACCOUNT)).toEqual({ alias: null, accountName: null });
    expect(logged).toEqual([
      { level: 'warn', message: 'the account alias could not be read', values: { error: why } },
      {
        level: 'warn',
        message: 'the account name could not be read',
        values: { error: new Error('GetItem is unavailable') },
      },
    ]);
  });
});

describe('an account that cannot be reached', () => {
  const named = (name: string) => Object.assign(new Error('no'), { name });

  it.each(['AccessDenied', 'AccessDeniedException'])('has no role for us: %s', (name) => {
    const cause = named(name);
    const error = unreachable(OTHER, ROLE, cause);
    expect(error).toMatchObject({
      name: 'AccountUnreachable',
      account: OTHER,
      code: 'role-not-assumable',
      why: `the role ${ROLE} cannot be assumed: it does not exist or does not trust this hub`,
      message: `account ${OTHER}: the role ${ROLE} cannot be assumed: it does not exist or does not trust this hub`,
    });
    expect(error.cause).toBe(cause);
  });

  it.each([
    [named('Throttling'), 'Throttling: no'],
    ['no error at all', 'Error: no error at all'],
  ])('may be so for another reason', (cause, why) => {
    expect(unreachable(OTHER, ROLE, cause)).toMatchObject({ code: 'other', why });
  });

  it('is that for the reason that is known already', () => {
    const known = new AccountUnreachable(OTHER, 'account-wrong', 'the session leads elsewhere');
    expect(unreachable(OTHER, ROLE, known)).toBe(known);
  });

  it('may be none of ours', async () => {
    await expect(oneAccount(ACCOUNT, 'work').of(OTHER)).rejects.toThrow(
      expect.objectContaining({
        name: 'NotManaged',
        message: `is from account ${OTHER}, but the managed account is ${ACCOUNT}`,
      }),
    );
    expect(await oneAccount(ACCOUNT, 'work').of(ACCOUNT)).toBe('work');
    expect(new NotManaged('x')).toBeInstanceOf(Error);
  });
});

describe('the tags of a spoke', () => {
  /** A spoke whose role has these tags, one answer after the other; and how often it was asked. */
  function spoke(...tags: readonly (Readonly<Record<string, string>> | Error)[]) {
    const clock = { time: START };
    const iam = new IAMClient(anywhere);
    const answers = tags.map((one) =>
      one instanceof Error
        ? one
        : { Tags: Object.entries(one).map(([Key, Value]) => ({ Key, Value })) },
    );
    const asked = script(iam, answers);
    const sessions = {
      sts: new STSClient(anywhere),
      iamWith: () => iam,
      hub: settingsWith({ policyArn: `arn:aws:iam::${ACCOUNT}:policy/security/ForceMFA` }),
      role: 'review' as const,
      sessionName: 'on-iam-change',
    };
    let made = 0;
    const make = (_: IAMClient, { mode }: { mode: string }) => {
      made += 1;
      return `${mode} ${made}`;
    };
    const accounts = spokeAccounts(sessions, 'own', make, () => new Date(clock.time));
    return { accounts, clock, asked };
  }
  const observe = { 'mfa-enforcer:mode': 'observe' };

  it('is asked again after five minutes, and not before', async () => {
    const { accounts, clock, asked } = spoke({}, observe);
    expect(await accounts.of(OTHER)).toBe('enforce 1');
    clock.time += 5 * MINUTE - 1;
    expect(await accounts.of(OTHER)).toBe('enforce 1');
    expect(asked).toEqual([['ListRoleTags', { RoleName: 'ForceMFA-review', MaxItems: 100 }]]);
    clock.time += 1;
    expect(await accounts.of(OTHER)).toBe('observe 2');
  });

  it('changes nothing if it is the same: the breaker goes on counting', async () => {
    const { accounts, clock } = spoke(observe, observe);
    const first = await accounts.of(OTHER);
    clock.time += 5 * MINUTE;
    expect(await accounts.of(OTHER)).toBe(first);
  });

  it('is asked again half a minute after it gave no answer', async () => {
    const { accounts, clock, asked } = spoke(new Error('away'), {});
    await expect(accounts.of(OTHER)).rejects.toThrow('away');
    clock.time += 29_999;
    await expect(accounts.of(OTHER)).rejects.toThrow('away');
    expect(asked).toHaveLength(1);
    clock.time += 1;
    expect(await accounts.of(OTHER)).toBe('enforce 1');
  });

  it('is not asked of the hub itself', async () => {
    const { accounts, asked } = spoke();
    expect(await accounts.of(ACCOUNT)).toBe('own');
    expect(asked).toEqual([]);
  });
});
