import { describe, expect, it } from 'vitest';
import { stateKeys } from '../../../../events/state-keys.ts';
import { oneAccount } from '../../../../functions/pipeline/accounts/accounts.ts';
import { sweepHub, sweepNightly } from '../../../fakes/nightly.ts';
import {
  ACCOUNT,
  type EventOptions,
  handle,
  iamEvent,
  POLICY,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const SERIAL = 'arn:aws:iam::111122223333:mfa/phone';
const KEY = stateKeys.accessHistory(ACCOUNT, 'dana');
const user = (userName: string) => ({
  type: 'IAMUser',
  userName,
  arn: `arn:aws:iam::${ACCOUNT}:user/${userName}`,
});
const role = {
  type: 'AssumedRole',
  arn: 'arn:aws:sts::111122223333:assumed-role/dana/dana',
  sessionContext: { sessionIssuer: { userName: 'dana' } },
};
const enabled = (identity: object = user('dana'), more: EventOptions = {}) =>
  iamEvent('EnableMFADevice', {
    identity: { ...identity },
    parameters: { serialNumber: SERIAL },
    ...more,
  });
type Pipeline = ReturnType<typeof testPipeline>;
const suspicious = ({ events }: Pipeline) =>
  events.outcomes.filter(({ kind }) => kind === 'enrolment-suspicious');
const unblocked = ({ events }: Pipeline) =>
  events.outcomes.flatMap((outcome) => (outcome.kind === 'user-unblocked' ? [outcome] : []));
const codes = (pipeline: Pipeline) =>
  suspicious(pipeline).map((outcome) => 'reasons' in outcome && outcome.reasons.map((r) => r.code));

/** A user who has just enrolled and is still blocked. */
function enrolling(mode: 'enforce' | 'observe' = 'enforce') {
  const pipeline = testPipeline({ mode });
  pipeline.iam.put('dana', { devices: [SERIAL], policies: [POLICY] });
  return pipeline;
}

describe('the enrolment of a blocked user', () => {
  it('is named in the outcome of the unblock, and needs no more calls of IAM', async () => {
    const pipeline = enrolling();
    await handle(pipeline, enabled());
    expect(pipeline.events.outcomes.map(({ kind }) => kind)).toEqual(['user-unblocked']);
    expect(unblocked(pipeline)[0]?.enrolment).toEqual({
      serial: SERIAL,
      actor: { type: 'IAMUser', name: 'dana', arn: `arn:aws:iam::${ACCOUNT}:user/dana` },
      findings: [],
      suspicious: false,
    });
    const plain = enrolling();
    await handle(plain, iamEvent('TagUser', { parameters: { tags: [] } }));
    expect(pipeline.iam.calls.length).toBeLessThanOrEqual(plain.iam.calls.length);
  });

  it.each(['enforce', 'observe'] as const)(
    'after another identity set the password is suspicious, in mode %s',
    async (mode) => {
      const pipeline = enrolling(mode);
      await handle(pipeline, iamEvent('UpdateLoginProfile', { ago: 600 }));
      expect(pipeline.events.outcomes).toEqual([]);
      expect(pipeline.iam.calls).toEqual([]);
      await handle(pipeline, enabled());
      expect(suspicious(pipeline)).toMatchObject([
        {
          mode,
          user: 'dana',
          serial: SERIAL,
          wasBlocked: true,
          reasons: [
            {
              code: 'password-by-other',
              text: 'SecurityAdmin/alice set the password 10 minutes before',
            },
          ],
        },
      ]);
      expect(unblocked(pipeline)[0]?.enrolment).toMatchObject({
        suspicious: true,
        findings: [{ code: 'password-by-other' }],
      });
    },
  );

  it('after another identity deactivated a device is suspicious', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { policies: [POLICY] });
    const parameters = { serialNumber: 'GAHT1' };
    await handle(pipeline, iamEvent('DeactivateMFADevice', { ago: 600, parameters }));
    pipeline.iam.put('dana', { devices: [SERIAL], policies: [POLICY] });
    await handle(pipeline, enabled());
    expect(codes(pipeline)).toEqual([['device-replaced-by-other']]);
  });

  it('of a new user is not, and the unblock names who set the password', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { policies: [POLICY], password: true });
    const created = iamEvent('CreateUser', { ago: 900 });
    await handle(pipeline, created, iamEvent('CreateLoginProfile', { ago: 800 }));
    pipeline.iam.put('dana', { devices: [SERIAL], policies: [POLICY], password: true });
    await handle(pipeline, enabled());
    expect(suspicious(pipeline)).toEqual([]);
    expect(unblocked(pipeline).at(-1)?.enrolment).toMatchObject({
      suspicious: false,
      findings: [{ code: 'new-user' }],
    });
  });

  it('by an access key is suspicious, unless the deployment allows it', async () => {
    const byKey = { ...user('dana'), accessKeyId: 'AKIAEXAMPLE' };
    const pipeline = enrolling();
    await handle(pipeline, enabled(byKey));
    expect(codes(pipeline)).toEqual([['by-access-key']]);
    const allowed = testPipeline({ enrolWith: 'console-and-keys' });
    allowed.iam.put('dana', { devices: [SERIAL], policies: [POLICY] });
    await handle(allowed, enabled(byKey));
    expect(suspicious(allowed)).toEqual([]);
  });

  it('of a user whom a sweep saw dormant is suspicious, for a week', async () => {
    const DAY = 24 * 60 * 60 * 1000;
    const night = (pipeline: Pipeline, id: string) => sweepNightly(sweepHub(pipeline), { id });
    for (const [days, expected] of [
      [6, [['dormant']]],
      [7, []],
    ] as const) {
      const pipeline = testPipeline();
      pipeline.iam.put('dana', { policies: [POLICY], password: true });
      pipeline.clock.time += 90 * DAY;
      await night(pipeline, 'dormant');
      // The attacker signs in, and enrols after further sweeps.
      pipeline.iam.put('dana', { lastSignIn: new Date(pipeline.clock.time) });
      for (let day = 1; day <= days; day += 1) {
        pipeline.clock.time += DAY;
        await night(pipeline, `night ${day}`);
      }
      pipeline.iam.put('dana', { devices: [SERIAL] });
      await handle(pipeline, enabled());
      expect(codes(pipeline)).toEqual(expected);
    }
  });

  it('of a later user of a dormant user’s name is not called dormant', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { policies: [POLICY], password: true });
    pipeline.clock.time += 90 * 24 * 60 * 60 * 1000;
    await sweepNightly(sweepHub(pipeline));
    const createdAt = new Date(pipeline.clock.time);
    pipeline.iam.put('dana', { createdAt, devices: [SERIAL], policies: [POLICY] });
    await handle(pipeline, enabled());
    expect(suspicious(pipeline)).toEqual([]);
  });

  it('after another identity set the password is suspicious, where it cannot be read who was dormant', async () => {
    const pipeline = enrolling();
    await handle(pipeline, iamEvent('UpdateLoginProfile', { ago: 600 }));
    const { stateStore } = pipeline;
    const get = async (id: string) => {
      if (id === stateKeys.dormant(ACCOUNT)) throw new Error('unavailable');
      return stateStore.get(id);
    };
    const deps = { ...pipeline, stateStore: { ...stateStore, get } };
    await handle({ ...deps, accounts: oneAccount(ACCOUNT, deps) }, enabled());
    expect(codes(pipeline)).toEqual([['password-by-other', 'dormant-unknown']]);
  });

  const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  const attached = (policyArn: string, ago: number) =>
    iamEvent('AttachUserPolicy', { ago, parameters: { policyArn } });

  it('is judged with a policy that was attached in the same batch', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [SERIAL], policies: [POLICY, READ_ONLY] });
    await handle(pipeline, enabled(), attached(READ_ONLY, 600));
    expect(unblocked(pipeline)[0]?.enrolment?.findings).toMatchObject([
      { code: 'first-policy-by-other' },
    ]);
    expect(pipeline.events.outcomes[0]).toMatchObject({ cause: { eventName: 'EnableMFADevice' } });
  });

  it('leaves no message of a batch that attaches ten policies undone', async () => {
    const pipeline = testPipeline();
    const ten = Array.from({ length: 10 }, (_, index) => attached(`${READ_ONLY}${index}`, index));
    expect(await handle(pipeline, ...ten)).toEqual(ten.map(() => 'fulfilled'));
    const entry = JSON.parse(pipeline.dynamo.items.get(KEY)?.body?.S ?? '');
    expect(entry).toMatchObject({ policyByOther: { length: 10 } });
  });

  it('names who attached the user’s only policy, for which the user was not reviewed', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [SERIAL], policies: [POLICY, READ_ONLY] });
    await handle(pipeline, attached(READ_ONLY, 600));
    expect(pipeline.iam.calls).toEqual([]);
    await handle(pipeline, enabled());
    expect(suspicious(pipeline)).toEqual([]);
    expect(unblocked(pipeline)[0]?.enrolment?.findings).toEqual([
      {
        code: 'first-policy-by-other',
        text: 'SecurityAdmin/alice attached ReadOnlyAccess, the only policy attached to the user, 10 minutes before',
      },
    ]);
  });

  it('in the batch of the password’s change is suspicious', async () => {
    const pipeline = enrolling();
    const change = iamEvent('CreateLoginProfile', { ago: 60 });
    pipeline.iam.put('dana', { devices: [SERIAL], policies: [POLICY], password: true });
    await handle(pipeline, enabled(), change);
    expect(codes(pipeline)).toEqual([['password-by-other']]);
  });

  describe('before the event of the password’s change comes', () => {
    const late = iamEvent('UpdateLoginProfile', { ago: 600 });

    it.each([
      ['after it', [[enabled()], [late]]],
      ['in the same batch', [[enabled(), late]]],
    ])('is suspicious once it comes: %s', async (_, batches) => {
      const pipeline = enrolling();
      for (const batch of batches) await handle(pipeline, ...batch);
      expect(suspicious(pipeline)).toMatchObject([
        { user: 'dana', serial: SERIAL, wasBlocked: true, cause: { eventName: 'EnableMFADevice' } },
      ]);
      expect(codes(pipeline)).toEqual([['password-by-other']]);
    });

    it('is reported with one id, however often the event comes and where the record fails', async () => {
      const pipeline = enrolling();
      const enrolment = enabled();
      await handle(pipeline, enrolment);
      pipeline.dynamo.fail.PutItem = 1;
      expect(await handle(pipeline, late)).toEqual(['PutItem is unavailable']);
      await handle(pipeline, late);
      await handle(pipeline, late, enrolment);
      expect(suspicious(pipeline).length).toBeGreaterThan(0);
      expect(new Set(suspicious(pipeline).map(({ id }) => id)).size).toBe(1);
    });

    it('is suspicious though another password follows, in any order of the events', async () => {
      const again = iamEvent('UpdateLoginProfile', { ago: -20 });
      for (const batches of [
        [[enabled()], [again], [late]],
        [[again, late], [enabled()]],
        [[late, enabled(), again]],
      ]) {
        const pipeline = enrolling();
        pipeline.clock.time += 60_000;
        for (const batch of batches) await handle(pipeline, ...batch);
        expect(codes(pipeline)).toEqual([['password-by-other']]);
      }
    });

    it('stays the user’s own where the password is, too', async () => {
      const pipeline = enrolling();
      await handle(pipeline, enabled());
      await handle(pipeline, iamEvent('UpdateLoginProfile', { ago: 600, identity: user('dana') }));
      expect(suspicious(pipeline)).toEqual([]);
    });
  });

  it('is judged by what could be read, where it cannot be recorded', async () => {
    const pipeline = enrolling();
    await handle(pipeline, iamEvent('UpdateLoginProfile', { ago: 600 }));
    const { stateStore } = pipeline;
    const compareAndSet: typeof stateStore.compareAndSet = async (id, ...rest) => {
      if (id === KEY) throw new Error('unavailable');
      return stateStore.compareAndSet(id, ...rest);
    };
    const deps = { ...pipeline, stateStore: { ...stateStore, compareAndSet } };
    await handle({ ...deps, accounts: oneAccount(ACCOUNT, deps) }, enabled());
    expect(codes(pipeline)).toEqual([['password-by-other']]);
  });

  it('is unblocked without the state table, and the message says what is unknown', async () => {
    const pipeline = enrolling();
    pipeline.dynamo.fail.GetItem = 9;
    await handle(pipeline, enabled());
    expect(pipeline.iam.user('dana')?.policies).toEqual([]);
    expect(unblocked(pipeline)[0]?.enrolment).toMatchObject({
      suspicious: false,
      findings: [{ code: 'dormant-unknown' }, { code: 'history-unknown' }],
    });
  });
});

describe('a device that another identity enables', () => {
  it.each([
    ['another user', user('erin'), 'erin'],
    ['a role, also of the same name', role, 'dana/dana'],
    ['root', { type: 'Root', arn: 'arn:aws:iam::111122223333:root' }, 'root'],
  ])('for a protected user is suspicious: %s', async (_, identity, name) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: ['other', SERIAL] });
    await handle(pipeline, enabled(identity));
    expect(pipeline.events.outcomes).toMatchObject([
      {
        kind: 'enrolment-suspicious',
        user: 'dana',
        serial: SERIAL,
        wasBlocked: false,
        reasons: [{ code: 'by-other' }],
        cause: { eventName: 'EnableMFADevice', actor: { name } },
      },
    ]);
  });

  it('is reported also for a user who was renamed since, and keeps the device', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('erin', { devices: [SERIAL] });
    const renamed = iamEvent('UpdateUser', {
      ago: 129,
      parameters: { userName: 'dana', newUserName: 'erin' },
    });
    await handle(pipeline, enabled(role, { ago: 130 }), renamed);
    expect(pipeline.events.outcomes).toMatchObject([
      {
        kind: 'enrolment-suspicious',
        user: 'dana',
        serial: SERIAL,
        wasBlocked: null,
        reasons: [{ code: 'by-other' }],
        cause: { actor: { name: 'dana/dana' } },
      },
    ]);
  });

  it('is not reported for a user who is gone and enabled it', async () => {
    const pipeline = testPipeline();
    await handle(pipeline, enabled(user('dana'), { ago: 130 }));
    expect(pipeline.events.outcomes).toEqual([]);
  });

  it('has one outcome, however often its event comes', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [SERIAL] });
    const event = enabled(user('erin'));
    await handle(pipeline, event, event);
    await handle(pipeline, event);
    const ids = pipeline.events.outcomes.map(({ id }) => id);
    expect(new Set(ids).size).toBe(1);
  });

  it('and deactivates again is reported, also where the open breaker refuses the block', async () => {
    const pipeline = testPipeline({ blockLimit: 1 });
    pipeline.iam.put('erin', { policies: [POLICY] });
    pipeline.iam.put('dana');
    const off = iamEvent('DeactivateMFADevice', { parameters: { serialNumber: SERIAL } });
    await handle(pipeline, enabled(role, { ago: 1 }), off);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    expect(pipeline.events.outcomes).toMatchObject([
      { kind: 'enrolment-suspicious', user: 'dana', cause: { actor: { name: 'dana/dana' } } },
      { kind: 'breaker-open', users: ['dana'] },
    ]);
  });

  it('is reported once IAM shows it', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [] });
    await handle(pipeline, enabled(user('erin')));
    expect(pipeline.events.outcomes).toEqual([]);
    expect(pipeline.sqs.sent).toHaveLength(1);
  });

  it.each(['dana', 'Dana'])('is none where the user, %s, enabled it', async (userName) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [SERIAL] });
    await handle(pipeline, enabled({ ...user('dana'), userName }));
    expect(suspicious(pipeline)).toEqual([]);
  });
});

describe('a further device', () => {
  it('of a user with MFA is not judged by who set the password', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: ['other', SERIAL] });
    await handle(pipeline, iamEvent('UpdateLoginProfile', { ago: 600 }));
    await handle(pipeline, enabled());
    expect(pipeline.events.outcomes).toEqual([]);
  });

  it('enabled at once with the first is judged like the first', async () => {
    const pipeline = testPipeline({ mode: 'observe' });
    pipeline.iam.put('dana', { devices: ['GAHT1', SERIAL] });
    await handle(pipeline, iamEvent('UpdateLoginProfile', { ago: 600 }));
    const second = { parameters: { serialNumber: 'GAHT1' } };
    await handle(pipeline, enabled(), enabled(user('dana'), second));
    expect(codes(pipeline)).toEqual([['password-by-other'], ['password-by-other']]);
  });
});

describe('the record of a user’s access', () => {
  const reset = () => iamEvent('UpdateLoginProfile', { ago: 60 });

  it.each([
    ['damaged', 'x'],
    ['from the future', '{"passwordByOther":[{"at":"2999-01-01T00:00:00.000Z","by":"x"}]}'],
  ])('replaces an entry that is %s', async (_, text) => {
    const pipeline = testPipeline();
    pipeline.dynamo.items.set(KEY, { id: { S: KEY }, body: { S: text } });
    expect(await handle(pipeline, reset())).toEqual(['fulfilled']);
    const entry = JSON.parse(pipeline.dynamo.items.get(KEY)?.body?.S ?? '') as object;
    expect(entry).toMatchObject({ passwordByOther: [{ by: 'SecurityAdmin/alice' }] });
  });

  it('is made again where another instance was faster', async () => {
    const pipeline = testPipeline();
    const { stateStore } = pipeline;
    let meanwhile = true;
    const store: typeof stateStore = {
      get: async (id) => {
        const text = await stateStore.get(id);
        if (meanwhile) {
          meanwhile = false;
          const other = '{"deviceBySelf":[{"at":"2026-03-01T11:00:00.000Z","by":"dana"}]}';
          await stateStore.compareAndSet(id, null, other, new Date());
        }
        return text;
      },
      compareAndSet: stateStore.compareAndSet,
    };
    const own = { ...pipeline, stateStore: store };
    await handle({ ...own, accounts: oneAccount(ACCOUNT, own) }, reset());
    const entry = JSON.parse(pipeline.dynamo.items.get(KEY)?.body?.S ?? '') as object;
    expect(Object.keys(entry)).toEqual(['deviceBySelf', 'passwordByOther']);
  });

  it('fails its message where others always are, so that it is tried again', async () => {
    const pipeline = testPipeline();
    const compareAndSet = async () => ({ done: false as const, found: null });
    const own = { ...pipeline, stateStore: { ...pipeline.stateStore, compareAndSet } };
    expect(await handle({ ...own, accounts: oneAccount(ACCOUNT, own) }, reset())).toEqual([
      'the access history changes too often to write it',
    ]);
  });

  it('fails its message where the table is unavailable, so that it is tried again', async () => {
    const pipeline = testPipeline();
    pipeline.dynamo.fail.GetItem = 1;
    expect(await handle(pipeline, reset())).toEqual(['GetItem is unavailable']);
  });

  it('costs no call of IAM', async () => {
    const pipeline = testPipeline();
    await handle(pipeline, reset());
    expect(pipeline.iam.calls).toEqual([]);
  });
});
