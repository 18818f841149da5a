import { describe, expect, it } from 'vitest';
import { accessDenied, throttled } from '../../../fakes/memory-iam.ts';
import {
  type EventOptions,
  handle,
  iamEvent,
  POLICY,
  QUEUE_URL,
  START,
  sweepRequest,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const PHONE = 'arn:aws:iam::111122223333:mfa/danas-phone';

function reported(pipeline: TestPipeline) {
  return pipeline.events.outcomes.map((outcome) => [
    outcome.kind,
    'user' in outcome ? outcome.user : '',
  ]);
}

describe('a user whose name is typed in several cases', () => {
  const typed = (pipeline: TestPipeline) =>
    JSON.stringify([pipeline.events.outcomes, [...pipeline.dynamo.items], pipeline.metricLines]);

  it('is one user: reviewed once, logged once, reported once, by the name that IAM returns', async () => {
    const pipeline = testPipeline({ blockLimit: 2 });
    pipeline.iam.put('Dana');
    await handle(
      pipeline,
      iamEvent('CreateUser', { user: 'Dana', ago: 130 }),
      iamEvent('CreateLoginProfile', { user: 'dANA', ago: 125, eventId: 'e2' }),
    );
    await handle(pipeline, iamEvent('TagUser', { user: 'DANA', parameters: { tags: [] } }));
    expect(reported(pipeline)).toEqual([['user-blocked', 'Dana']]);
    expect(pipeline.events.outcomes[0]?.id).toBe('user-blocked/111122223333/dana/e2');
    expect([...pipeline.dynamo.items.keys()].filter((key) => key.startsWith('actions/'))).toEqual([
      'actions/111122223333/dana',
      'actions/111122223333/dana/access',
    ]);
    expect(typed(pipeline)).not.toContain('dANA');
    expect(typed(pipeline)).not.toContain('DANA');

    pipeline.iam.put('erin');
    await handle(pipeline, iamEvent('CreateUser', { user: 'erin' }));
    expect(pipeline.iam.isBlocked('erin')).toBe(true);
  });

  it('is unblocked once, by the name that IAM returns', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('Dana', { policies: [POLICY], devices: [PHONE] });
    const parameters = { serialNumber: PHONE.toUpperCase() };
    await handle(pipeline, iamEvent('EnableMFADevice', { user: 'DANA', parameters }));
    expect(reported(pipeline)).toEqual([['user-unblocked', 'Dana']]);
  });

  it('is named to the breaker’s alert by the name that IAM returns', async () => {
    const pipeline = testPipeline({ blockLimit: 0 });
    pipeline.iam.put('Dana');
    await handle(pipeline, iamEvent('CreateUser', { user: 'DANA' }));
    expect(pipeline.events.outcomes).toMatchObject([{ kind: 'breaker-open', users: ['Dana'] }]);
    expect(pipeline.metricLines.join()).toContain('"user":"Dana"');
  });

  it('is called out for an exemption that the user grants, though typed in another case', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { tags: { userType: 'Service' } });
    const identity = { type: 'IAMUser', userName: 'dana' };
    const parameters = { tags: [{ key: 'userType', value: 'Service' }] };
    await handle(pipeline, iamEvent('TagUser', { user: 'DANA', parameters, identity }));
    expect(pipeline.events.outcomes).toMatchObject([
      { kind: 'exemption-seen', user: 'dana', bySelf: true },
    ]);
  });

  it('is blocked again where ForceMFA was detached by an ARN in another case', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    const parameters = { policyArn: POLICY.replace('ForceMFA', 'forcemfa') };
    await handle(pipeline, iamEvent('DetachUserPolicy', { parameters }));
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
  });
});

describe('one event', () => {
  it('of a new user without MFA blocks the user, and reports the reasons, the call and the caller', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');

    await handle(pipeline, iamEvent('CreateUser', { eventId: 'e1' }));

    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    expect(pipeline.events.outcomes).toEqual([
      {
        kind: 'user-blocked',
        version: 1,
        id: 'user-blocked/111122223333/dana/e1',
        account: '111122223333',
        alias: null,
        accountName: null,
        slackMember: null,
        at: '2026-03-01T12:00:00.000Z',
        mode: 'enforce',
        user: 'dana',
        method: 'managed-policy',
        reasons: [
          { code: 'no-mfa', text: 'no MFA device' },
          { code: 'not-exempt', text: 'no exemption' },
        ],
        cause: {
          kind: 'event',
          eventId: 'e1',
          eventName: 'CreateUser',
          eventTime: '2026-03-01T12:00:00.000Z',
          actor: {
            type: 'AssumedRole',
            name: 'SecurityAdmin/alice',
            arn: 'arn:aws:sts::111122223333:assumed-role/SecurityAdmin/alice',
          },
        },
      },
    ]);
    expect(pipeline.events.entries[0]).toMatchObject({
      EventBusName: 'outcomes',
      Source: 'mfa-enforcer',
      DetailType: 'User Blocked',
    });
  });

  it.each([
    [
      'enrolment unblocks',
      'EnableMFADevice',
      { devices: [PHONE], policies: [POLICY] },
      { serialNumber: PHONE },
      false,
      ['user-unblocked'],
    ],
    [
      'losing the last device blocks',
      'DeactivateMFADevice',
      { devices: [] },
      { serialNumber: PHONE },
      true,
      ['user-blocked'],
    ],
    [
      'losing one of two devices does nothing',
      'DeactivateMFADevice',
      { devices: ['S2'] },
      { serialNumber: PHONE },
      false,
      [],
    ],
    [
      'ForceMFA detached by hand comes back',
      'DetachUserPolicy',
      {},
      { policyArn: POLICY },
      true,
      ['user-blocked'],
    ],
    [
      'ForceMFA attached to a user with MFA goes again',
      'AttachUserPolicy',
      { devices: [PHONE], policies: [POLICY] },
      { policyArn: POLICY },
      false,
      ['user-unblocked'],
    ],
    [
      'an exempting tag unblocks',
      'TagUser',
      { tags: { userType: 'Service' }, policies: [POLICY] },
      { tags: [{ key: 'userType', value: 'Service' }] },
      false,
      ['exemption-seen', 'user-unblocked'],
    ],
    [
      'an exempting tag on a user who is not blocked is reported',
      'TagUser',
      { tags: { userType: 'service' } },
      { tags: [{ key: 'userType', value: 'service' }] },
      false,
      ['exemption-seen'],
    ],
    [
      'another tag of an exempt user is no news',
      'TagUser',
      { tags: { userType: 'Service', team: 'x' } },
      { tags: [{ key: 'team', value: 'x' }] },
      false,
      [],
    ],
    [
      'losing the exempting tag blocks',
      'UntagUser',
      {},
      { tagKeys: ['userType'] },
      true,
      ['exemption-seen', 'user-blocked'],
    ],
    [
      'a password changes nothing for a blocked user',
      'CreateLoginProfile',
      { password: true, policies: [POLICY] },
      {},
      true,
      [],
    ],
  ] as const)('%s', async (_, eventName, user, parameters, blocked, kinds) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', user);

    expect(await handle(pipeline, iamEvent(eventName, { parameters }))).toEqual(['fulfilled']);

    expect(pipeline.iam.isBlocked('dana')).toBe(blocked);
    expect(reported(pipeline).map(([kind]) => kind)).toEqual(kinds);
  });

  it('of a user with a password puts the user in scope, if only console users are', async () => {
    const pipeline = testPipeline({ scope: 'console-users' });
    pipeline.iam.put('dana');
    await handle(pipeline, iamEvent('CreateUser'));
    expect(pipeline.iam.isBlocked('dana')).toBe(false);

    pipeline.iam.put('dana', { password: true });
    await handle(pipeline, iamEvent('CreateLoginProfile'));
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
  });

  it('of another account is refused, and no user is read', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    const answer = await handle(
      pipeline,
      iamEvent('CreateUser', { account: '999999999999', eventId: 'e1' }),
    );
    expect(answer).toEqual([
      'event e1 is from account 999999999999, but the managed account is 111122223333',
    ]);
    expect(pipeline.iam.calls).toEqual([]);
  });

  it('that concerns no user is dropped, with the reason in the log', async () => {
    const pipeline = testPipeline();
    expect(await handle(pipeline, iamEvent('ListUsers', { eventId: 'e1' }))).toEqual(['fulfilled']);
    expect(pipeline.iam.calls).toEqual([]);
    expect(pipeline.logged).toEqual([
      {
        level: 'info',
        message: 'dropped',
        values: { eventId: 'e1', reason: 'ListUsers does not change a user’s status' },
      },
    ]);
  });
});

describe('a hint', () => {
  const deleted = (ago = 0) =>
    iamEvent('DeleteVirtualMFADevice', {
      ago,
      parameters: { serialNumber: 'arn:aws:iam::111122223333:mfa/dana' },
    });

  it('that is no user’s name is dropped', async () => {
    const pipeline = testPipeline();
    expect(await handle(pipeline, deleted())).toEqual(['fulfilled']);
    expect(pipeline.sqs.sent).toEqual([]);
  });

  it('that is a user’s name has the user reviewed', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    await handle(pipeline, deleted());
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
  });

  it('whose user still shows the deleted device is reviewed again later', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: ['arn:aws:iam::111122223333:mfa/dana'] });
    await handle(pipeline, deleted());
    expect(pipeline.sqs.sent).toHaveLength(1);
  });
});

describe('a fresh event that IAM does not show yet', () => {
  const stale = [
    ['a new user who is not visible', 'CreateUser', null, {}],
    [
      'a device that should be gone',
      'DeactivateMFADevice',
      { devices: [PHONE] },
      { serialNumber: PHONE },
    ],
    [
      'a device that should be there',
      'EnableMFADevice',
      { policies: [POLICY] },
      { serialNumber: PHONE },
    ],
    [
      'a tag that should be there',
      'TagUser',
      {},
      { tags: [{ key: 'userType', value: 'Service' }] },
    ],
    [
      'a tag that should be gone',
      'UntagUser',
      { tags: { userType: 'Service' } },
      { tagKeys: ['userType'] },
    ],
    [
      'a policy that should be gone',
      'DetachUserPolicy',
      { policies: [POLICY] },
      { policyArn: POLICY },
    ],
  ] as const;

  it.each(stale)('is not believed: %s', async (_, eventName, user, parameters) => {
    const pipeline = testPipeline();
    if (user) pipeline.iam.put('dana', user);
    const body = iamEvent(eventName, { ago: 3, parameters });

    expect(await handle(pipeline, body)).toEqual(['fulfilled']);

    expect(pipeline.iam.writes).toEqual([]);
    expect(pipeline.events.outcomes).toEqual([]);
    expect(pipeline.sqs.sent).toEqual([{ queueUrl: QUEUE_URL, body, delaySeconds: 3 }]);
  });

  it.each(stale)('is believed after two minutes: %s', async (_, eventName, user, parameters) => {
    const pipeline = testPipeline();
    if (user) pipeline.iam.put('dana', user);

    await handle(pipeline, iamEvent(eventName, { ago: 120, parameters }));

    expect(pipeline.sqs.sent).toEqual([]);
  });

  it('also where only a password would bring the user into scope', async () => {
    const pipeline = testPipeline({ scope: 'console-users' });
    pipeline.iam.put('dana');
    await handle(pipeline, iamEvent('CreateLoginProfile'));
    expect(pipeline.sqs.sent).toHaveLength(1);
  });

  it.each([
    [0, 2],
    [1, 2],
    [5, 5],
    [29, 29],
    [100, 30],
  ])('comes back later the longer it takes: after %i s in %i s', async (ago, delaySeconds) => {
    const pipeline = testPipeline();
    await handle(pipeline, iamEvent('CreateUser', { ago }));
    expect(pipeline.sqs.sent).toMatchObject([{ delaySeconds }]);
  });

  it('is answered once the change has spread', async () => {
    const pipeline = testPipeline();
    pipeline.iam.lag = 8_000;
    pipeline.iam.put('dana');
    let body = iamEvent('CreateUser');
    for (let round = 0; round < 10 && !pipeline.iam.isBlocked('dana'); round += 1) {
      await handle(pipeline, body);
      const again = pipeline.sqs.sent.shift();
      pipeline.clock.time += (again?.delaySeconds ?? 0) * 1000;
      body = again?.body ?? body;
    }
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    expect(reported(pipeline)).toEqual([['user-blocked', 'dana']]);
  });

  it('fails its record where it cannot be sent back', async () => {
    const pipeline = testPipeline();
    pipeline.sqs.fail = 1;
    expect(await handle(pipeline, iamEvent('CreateUser'))).toEqual(['SQS is unavailable']);
  });

  it('of a deleted user is done', async () => {
    const pipeline = testPipeline();
    expect(await handle(pipeline, iamEvent('CreateUser', { ago: 200 }))).toEqual(['fulfilled']);
    expect(pipeline.sqs.sent).toEqual([]);
  });
});

describe('a batch', () => {
  it('of several events for one user makes one review', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { password: true });
    const answer = await handle(
      pipeline,
      iamEvent('CreateUser', { ago: 2 }),
      iamEvent('CreateLoginProfile', { ago: 1 }),
      iamEvent('CreateUser', { ago: 2 }),
    );
    expect(answer).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(pipeline.iam.count('ListMFADevices')).toBe(1);
    expect(pipeline.iam.writes).toEqual(['AttachUserPolicy']);
    expect(reported(pipeline)).toEqual([['user-blocked', 'dana']]);
  });

  it('fails only the record that cannot be read, and widens nothing', async () => {
    const pipeline = testPipeline();
    for (const user of ['a', 'b', 'bystander']) pipeline.iam.put(user);
    const answer = await handle(
      pipeline,
      iamEvent('CreateUser', { user: 'a' }),
      '{"broken":',
      iamEvent('CreateUser', { user: 'b' }),
    );
    expect(answer).toEqual(['fulfilled', 'cannot read event unknown: it is not JSON', 'fulfilled']);
    expect([
      pipeline.iam.isBlocked('a'),
      pipeline.iam.isBlocked('b'),
      pipeline.iam.isBlocked('bystander'),
    ]).toEqual([true, true, false]);
  });

  it('fails every record of a user whose review failed, and no other', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.iam.put('erin');
    pipeline.iam.failNext('ListMFADevices', throttled, 1);
    const [danaFirst, danaSecond, erin] = await handle(
      pipeline,
      iamEvent('CreateUser', { user: 'dana' }),
      iamEvent('CreateLoginProfile', { user: 'dana' }),
      iamEvent('CreateUser', { user: 'erin' }),
    );
    expect([danaFirst, danaSecond]).toEqual(['Rate exceeded', 'Rate exceeded']);
    expect(erin).toBe('fulfilled');
    expect(pipeline.iam.isBlocked('erin')).toBe(true);
  });

  it('delivered twice does nothing the second time', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    const body = iamEvent('CreateUser');
    await handle(pipeline, body);
    await handle(pipeline, body);
    expect(pipeline.iam.writes).toEqual(['AttachUserPolicy']);
    expect(reported(pipeline)).toEqual([['user-blocked', 'dana']]);
  });

  it('in any order ends the same', async () => {
    const bodies = [
      iamEvent('CreateUser', { ago: 9 }),
      iamEvent('EnableMFADevice', { ago: 6, parameters: { serialNumber: PHONE } }),
      iamEvent('DeactivateMFADevice', { ago: 3, parameters: { serialNumber: PHONE } }),
    ];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
      [2, 0, 1],
    ]) {
      const pipeline = testPipeline();
      pipeline.iam.put('dana');
      for (const index of order) await handle(pipeline, bodies[index] ?? '');
      // The enrolment's event waits for a device that is gone again; it ends when it is no longer fresh.
      pipeline.clock.time = START + 120_000;
      for (const { body } of pipeline.sqs.sent.splice(0)) await handle(pipeline, body);
      expect(pipeline.iam.isBlocked('dana'), order.join()).toBe(true);
      expect(pipeline.sqs.sent).toEqual([]);
      expect(reported(pipeline)).toEqual([['user-blocked', 'dana']]);
    }
  });
});

describe('a sweep’s request', () => {
  it('has the user reviewed from live state, however old the sweep’s reading is', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [PHONE] });
    pipeline.iam.put('erin');
    await handle(pipeline, sweepRequest('dana'), sweepRequest('erin'), sweepRequest('nobody'));
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    expect(pipeline.iam.isBlocked('erin')).toBe(true);
    expect(pipeline.events.outcomes).toMatchObject([
      { kind: 'user-blocked', user: 'erin', cause: { kind: 'sweep', sweepId: 'sweep-1' } },
    ]);
  });
});

describe('observe mode', () => {
  it('writes nothing, and reports what it would do', async () => {
    const pipeline = testPipeline({ mode: 'observe' });
    pipeline.iam.put('dana');
    pipeline.iam.put('erin', { devices: [PHONE], policies: [POLICY] });
    await handle(
      pipeline,
      iamEvent('CreateUser', { user: 'dana' }),
      iamEvent('TagUser', { user: 'erin', parameters: { tags: [] } }),
    );
    expect(pipeline.iam.writes).toEqual([]);
    const byUser = pipeline.events.outcomes.toSorted((a, b) => a.id.localeCompare(b.id));
    expect(byUser).toMatchObject([
      { kind: 'user-blocked', user: 'dana', mode: 'observe' },
      { kind: 'user-unblocked', user: 'erin', mode: 'observe' },
    ]);
  });
});

describe('observe mode', () => {
  it('shows the breaker as it would open', async () => {
    const pipeline = testPipeline({ mode: 'observe', blockLimit: 1 });
    pipeline.iam.put('blocked', { policies: [POLICY] });
    for (const user of ['a', 'b']) pipeline.iam.put(user);
    await handle(pipeline, ...['a', 'b'].map((user) => iamEvent('CreateUser', { user })));
    expect(pipeline.events.outcomes).toMatchObject([{ kind: 'breaker-open', users: ['a', 'b'] }]);
  });
});

describe('a sweep’s request beside a fresh event', () => {
  it.each([
    ['who would be unblocked', [POLICY]],
    ['who would be left alone', []],
  ])('does not make a reading believed that is stale: a user %s', async (_, policies) => {
    const pipeline = testPipeline();
    // IAM still shows the device that was deactivated three seconds ago.
    pipeline.iam.put('dana', { devices: [PHONE], policies });
    const event = iamEvent('DeactivateMFADevice', { ago: 3, parameters: { serialNumber: PHONE } });
    await handle(pipeline, event, sweepRequest('dana'));
    expect(pipeline.iam.writes).toEqual([]);
    expect(pipeline.sqs.sent).toHaveLength(2);
  });
});

describe('an event from the future', () => {
  it('is believed, not waited for', async () => {
    const pipeline = testPipeline();
    await handle(pipeline, iamEvent('CreateUser', { ago: -3600 }));
    expect(pipeline.sqs.sent).toEqual([]);
  });

  it('of a clock that is a little ahead is fresh', async () => {
    const pipeline = testPipeline();
    await handle(pipeline, iamEvent('CreateUser', { ago: -60 }));
    expect(pipeline.sqs.sent).toMatchObject([{ delaySeconds: 2 }]);
  });
});

describe('a user exempt by name', () => {
  const settings = { exemptUsers: ['bot-*'] };

  it.each([
    ['created', 'CreateUser', { userName: 'bot-7' }],
    ['renamed', 'UpdateUser', { userName: 'dana', newUserName: 'bot-7' }],
  ])(
    'is %s: not blocked, and reported with the caller and the pattern',
    async (_, name, parameters) => {
      const pipeline = testPipeline(settings);
      pipeline.iam.put('bot-7');
      await handle(pipeline, iamEvent(name, { parameters }));
      expect(pipeline.iam.isBlocked('bot-7')).toBe(false);
      expect(pipeline.events.outcomes).toMatchObject([
        {
          kind: 'exemption-seen',
          change: 'granted',
          user: 'bot-7',
          cause: { actor: { name: 'SecurityAdmin/alice' } },
          reasons: [{ code: 'exempt-name', text: 'exempt by the name pattern bot-*' }],
        },
      ]);
    },
  );

  it('is renamed to another name: blocked', async () => {
    const pipeline = testPipeline(settings);
    pipeline.iam.put('dana');
    const parameters = { userName: 'bot-7', newUserName: 'dana' };
    await handle(pipeline, iamEvent('UpdateUser', { parameters }));
    expect(pipeline.events.outcomes).toMatchObject([{ kind: 'user-blocked', user: 'dana' }]);
  });

  it('with a password is reported, even if MFA was read first', async () => {
    const pipeline = testPipeline(settings);
    pipeline.iam.put('bot-7', { password: true, devices: [PHONE] });
    const parameters = { userName: 'dana', newUserName: 'bot-7' };
    await handle(pipeline, iamEvent('UpdateUser', { parameters }));
    expect(pipeline.events.outcomes).toMatchObject([
      { change: 'granted', reasons: [{ code: 'exempt-name' }, { code: 'has-password' }] },
    ]);
  });
});

describe('the event of the enforcer’s own call', () => {
  const ours = {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/OnIamChangeRole/x',
  };
  const ownChange = (ago: number) =>
    iamEvent('DetachUserPolicy', { ago, parameters: { policyArn: POLICY }, identity: ours });

  it('leaves what is to be done to the event that made it necessary, which comes late', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    await handle(pipeline, ownChange(1));
    expect(pipeline.iam.writes).toEqual([]);
    expect(pipeline.sqs.sent).toHaveLength(1);

    await handle(
      pipeline,
      iamEvent('DeactivateMFADevice', { parameters: { serialNumber: PHONE } }),
    );
    expect(pipeline.events.outcomes).toMatchObject([
      {
        kind: 'user-blocked',
        cause: { eventName: 'DeactivateMFADevice', actor: { name: 'SecurityAdmin/alice' } },
      },
    ]);
  });

  it.each([
    [119, false],
    [120, true],
  ])('acts where no such event comes within two minutes: after %i s', async (ago, acts) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    await handle(pipeline, ownChange(ago));
    expect(pipeline.iam.isBlocked('dana')).toBe(acts);
  });

  it('is looked at once, when every reading must show what was before it', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [PHONE] });
    await handle(pipeline, ownChange(1));
    expect(pipeline.sqs.sent).toMatchObject([{ delaySeconds: 119 }]);
    expect(pipeline.iam.calls).toEqual([]);
    pipeline.clock.time += 119_000;
    await handle(pipeline, pipeline.sqs.sent[0]?.body ?? '');
    expect(pipeline.sqs.sent).toHaveLength(1);
  });

  it('unblocks a user whom a stale read had blocked', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.clock.time += 100_000;
    pipeline.iam.put('dana', { devices: [PHONE] });
    pipeline.iam.lag = 60_000;
    await handle(pipeline, iamEvent('CreateLoginProfile', { ago: 100 }));
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    const blocked = iamEvent('AttachUserPolicy', {
      ago: -100,
      parameters: { policyArn: POLICY },
      identity: ours,
    });
    await handle(pipeline, blocked);
    pipeline.clock.time += 120_000;
    await handle(pipeline, pipeline.sqs.sent[0]?.body ?? '');
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
  });
});

describe('an exemption', () => {
  const exempting = { tags: [{ key: 'userType', value: 'Service' }] };
  const mallory = { type: 'IAMUser', userName: 'mallory' };

  it('is reported with the caller who granted it, even if another caller has changed the user since', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { tags: { userType: 'Service' }, password: true });
    await handle(
      pipeline,
      iamEvent('TagUser', { ago: 4, parameters: exempting, identity: mallory }),
      iamEvent('CreateLoginProfile', { ago: 0 }),
    );
    expect(pipeline.events.outcomes).toMatchObject([
      { change: 'granted', cause: { eventName: 'TagUser', actor: { name: 'mallory' } } },
      {
        change: 'password',
        cause: { eventName: 'CreateLoginProfile', actor: { name: 'SecurityAdmin/alice' } },
      },
    ]);
  });

  it.each([
    ['renamed since, who keeps the tag', 'TagUser'],
    ['renamed since the creation with the tag', 'CreateUser'],
  ])('is reported also for a user who was %s', async (_, eventName) => {
    const pipeline = testPipeline();
    pipeline.iam.put('erin', { tags: { userType: 'Service' } });
    const tagged = iamEvent(eventName, { ago: 130, parameters: exempting, identity: mallory });
    const renamed = iamEvent('UpdateUser', {
      ago: 129,
      parameters: { userName: 'dana', newUserName: 'erin' },
    });
    await handle(pipeline, tagged, renamed);
    expect(pipeline.events.outcomes).toMatchObject([
      {
        kind: 'exemption-seen',
        change: 'granted',
        user: 'dana',
        reasons: [{ code: 'user-gone' }],
        cause: { eventName, actor: { name: 'mallory' } },
      },
    ]);
  });

  it('is not reported for a user who is gone and whose exemption only ended', async () => {
    const pipeline = testPipeline();
    const parameters = { tagKeys: ['userType'] };
    await handle(pipeline, iamEvent('UntagUser', { ago: 130, parameters }));
    expect(pipeline.events.outcomes).toEqual([]);
  });

  it('is reported also for a user who enrols in the same batch', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { tags: { userType: 'Service' }, devices: [PHONE] });
    await handle(
      pipeline,
      iamEvent('TagUser', { ago: 4, parameters: exempting }),
      iamEvent('EnableMFADevice', { ago: 2, parameters: { serialNumber: PHONE } }),
    );
    expect(reported(pipeline)).toEqual([['exemption-seen', 'dana']]);
  });

  it.each([
    [
      'granted',
      'TagUser',
      { tags: [{ key: 'userType', value: 'service' }] },
      { userType: 'service' },
    ],
    [
      'granted',
      'CreateUser',
      { tags: [{ key: 'userType', value: 'Service' }] },
      { userType: 'Service' },
    ],
    [
      'granted',
      'TagUser',
      { tags: [{ key: 'mfa-enforcer:break-glass', value: 'true' }] },
      { 'mfa-enforcer:break-glass': 'true' },
    ],
    [
      'changed',
      'TagUser',
      { tags: [{ key: 'mfa-exempt-until', value: '2026-12-31' }] },
      { userType: 'Service', 'mfa-exempt-until': '2026-12-31' },
    ],
    ['changed', 'UntagUser', { tagKeys: ['mfa-exempt-until'] }, { userType: 'Service' }],
    ['removed', 'UntagUser', { tagKeys: ['userType'] }, {}],
    [
      'removed',
      'TagUser',
      { tags: [{ key: 'mfa-exempt-until', value: '2020-01-01' }] },
      { userType: 'Service', 'mfa-exempt-until': '2020-01-01' },
    ],
    ['password', 'CreateLoginProfile', {}, { userType: 'Service' }],
  ] as const)(
    'that is %s is reported with the caller: %s %j',
    async (change, eventName, parameters, tags) => {
      const pipeline = testPipeline();
      pipeline.iam.put('dana', { tags, password: eventName === 'CreateLoginProfile' });
      await handle(pipeline, iamEvent(eventName, { parameters, identity: mallory }));
      expect(
        pipeline.events.outcomes.filter(({ kind }) => kind === 'exemption-seen'),
      ).toMatchObject([{ change, bySelf: false, cause: { actor: { name: 'mallory' } } }]);
    },
  );

  it.each([
    [
      'another tag of an exempt user',
      'TagUser',
      { tags: [{ key: 'team', value: 'x' }] },
      { userType: 'Service', team: 'x' },
    ],
    [
      'a new user with a tag that does not exempt',
      'CreateUser',
      { tags: [{ key: 'userType', value: 'Human' }] },
      { userType: 'Human' },
    ],
    [
      'a tag with a value that does not exempt',
      'TagUser',
      { tags: [{ key: 'userType', value: 'Employee' }] },
      { userType: 'Employee' },
    ],
    ['a password of a user who is not exempt', 'CreateLoginProfile', {}, {}],
  ] as const)('is not reported: %s', async (_, eventName, parameters, tags) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { tags, password: eventName === 'CreateLoginProfile' });
    await handle(pipeline, iamEvent(eventName, { parameters }));
    expect(pipeline.events.outcomes.filter(({ kind }) => kind === 'exemption-seen')).toEqual([]);
  });

  it.each([
    [true, ['exempt-tag', 'has-password']],
    [false, ['exempt-tag']],
  ])('of a user with a password (%s) reports that', async (password, codes) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { tags: { userType: 'Service' }, password });
    await handle(pipeline, iamEvent('TagUser', { parameters: exempting }));
    const [outcome] = pipeline.events.outcomes;
    expect(outcome?.kind === 'exemption-seen' && outcome.reasons.map(({ code }) => code)).toEqual(
      codes,
    );
  });

  it('fails the record where it cannot be read whether the user has a password', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { tags: { userType: 'Service' } });
    pipeline.iam.failNext('GetLoginProfile', accessDenied);
    const body = iamEvent('TagUser', { parameters: exempting });
    expect(await handle(pipeline, body)).toEqual(['User is not authorized to perform this action']);
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
    expect(reported(pipeline)).toEqual([['exemption-seen', 'dana']]);
  });

  it.each(['usertype', 'USERTYPE'])('counts with a key of any case, as in IAM: %s', async (key) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { tags: { userType: 'Service' }, policies: [POLICY] });
    pipeline.iam.put('erin', { tags: {} });
    await handle(
      pipeline,
      iamEvent('TagUser', { parameters: { tags: [{ key, value: 'Service' }] } }),
      iamEvent('UntagUser', { user: 'erin', parameters: { tagKeys: [key] } }),
    );
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    expect(pipeline.iam.isBlocked('erin')).toBe(true);
    expect(reported(pipeline)).toEqual([
      ['exemption-seen', 'dana'],
      ['user-unblocked', 'dana'],
      ['exemption-seen', 'erin'],
      ['user-blocked', 'erin'],
    ]);
  });

  it('that users grant themselves is reported even if another caller removes it in the same batch', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    const identity = { type: 'IAMUser', userName: 'dana' };
    await handle(
      pipeline,
      iamEvent('TagUser', { ago: 3, parameters: exempting, identity }),
      iamEvent('UntagUser', { ago: 1, parameters: { tagKeys: ['userType'] } }),
    );
    expect(pipeline.events.outcomes.filter(({ kind }) => kind === 'exemption-seen')).toMatchObject([
      { change: 'granted', bySelf: true },
      { change: 'removed', bySelf: false },
    ]);
  });

  it('that users grant themselves is called out', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { tags: { userType: 'Service' } });
    const identity = { type: 'IAMUser', userName: 'dana' };
    await handle(pipeline, iamEvent('TagUser', { parameters: exempting, identity }));
    expect(pipeline.events.outcomes).toMatchObject([{ change: 'granted', bySelf: true }]);
  });

  it.each([
    ['keep', true, false],
    ['ends-exemption', true, true],
    ['ends-exemption', false, false],
  ] as const)(
    'of a user with a password, ExemptPassword=%s and password %s',
    async (exemptPassword, password, blocked) => {
      const pipeline = testPipeline({ exemptPassword });
      pipeline.iam.put('dana', { tags: { userType: 'Service' }, password });
      await handle(pipeline, sweepRequest('dana'));
      expect(pipeline.iam.isBlocked('dana')).toBe(blocked);
    },
  );

  it('that has ended blocks the user at the next sweep', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { tags: { userType: 'Service', 'mfa-exempt-until': '2026-02-28' } });
    await handle(pipeline, sweepRequest('dana'));
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
  });
});

describe('what cannot be enforced', () => {
  it('for want of a right is reported', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.iam.failNext('AttachUserPolicy', accessDenied);
    expect(await handle(pipeline, iamEvent('CreateUser'))).toEqual(['fulfilled']);
    expect(pipeline.events.outcomes).toMatchObject([
      { kind: 'could-not-enforce', why: { code: 'AccessDenied' } },
    ]);
  });

  it('since the policy is gone is reported', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.iam.policyExists = false;
    await handle(pipeline, iamEvent('CreateUser'));
    expect(pipeline.events.outcomes).toMatchObject([
      { kind: 'could-not-enforce', why: { code: 'no-policy' } },
    ]);
  });

  it('for a passing reason fails the record, and is tried again', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.iam.failNext('AttachUserPolicy', throttled);
    const body = iamEvent('CreateUser');
    expect(await handle(pipeline, body)).toEqual(['Rate exceeded']);
    expect(pipeline.events.outcomes).toEqual([]);
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
    expect(reported(pipeline)).toEqual([['user-blocked', 'dana']]);
  });

  it('for a user deleted in the meantime is done at the next try', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [PHONE], policies: [POLICY] });
    pipeline.iam.failNext('DetachUserPolicy', throttled);
    const body = iamEvent('EnableMFADevice', { ago: 130, parameters: { serialNumber: PHONE } });
    await handle(pipeline, body);
    pipeline.iam.remove('dana');
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
  });
});

describe('the breaker', () => {
  it('blocks no user beyond the limit, and reports once for the batch, with the users who were not blocked', async () => {
    const pipeline = testPipeline({ blockLimit: 3 });
    const users = ['a', 'b', 'c', 'd', 'e'];
    for (const user of users) pipeline.iam.put(user);
    await handle(pipeline, ...users.map((user) => iamEvent('CreateUser', { user, eventId: user })));
    expect(users.filter((user) => pipeline.iam.isBlocked(user))).toHaveLength(3);
    const notBlocked = users.filter((user) => !pipeline.iam.isBlocked(user));
    const alerts = pipeline.events.outcomes.filter(({ kind }) => kind === 'breaker-open');
    expect(alerts).toMatchObject([
      {
        users: notBlocked,
        counted: 0,
        assumed: 3,
        limit: 3,
        why: expect.stringContaining('BlockLimit'),
      },
    ]);
  });

  it('does not prevent an unblock', async () => {
    const pipeline = testPipeline({ blockLimit: 0 });
    pipeline.iam.put('dana', { devices: [PHONE], policies: [POLICY] });
    await handle(pipeline, iamEvent('EnableMFADevice', { parameters: { serialNumber: PHONE } }));
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
  });

  it('whose alert is not accepted is reported at the next try', async () => {
    const pipeline = testPipeline({ blockLimit: 0 });
    pipeline.iam.put('dana');
    pipeline.events.fail = 3;
    pipeline.sqs.fail = 1;
    const created = iamEvent('CreateUser');
    expect(await handle(pipeline, created)).toEqual(['SQS is unavailable']);
    expect(await handle(pipeline, created)).toEqual(['fulfilled']);
    expect(reported(pipeline)).toEqual([['breaker-open', '']]);
  });

  /** A batch of one message that names two users: the review of one fails, the breaker refuses the other. */
  function refusedBesideFailed() {
    const pipeline = testPipeline({ blockLimit: 0 });
    pipeline.iam.put('dana');
    pipeline.iam.put('dora');
    pipeline.iam.failNext('ListMFADevices', throttled, 1);
    const ofTwo = iamEvent('DeleteVirtualMFADevice', {
      parameters: { serialNumber: 'arn:aws:iam::111122223333:mfa/dana' },
      identity: { type: 'IAMUser', userName: 'dora' },
    });
    return { pipeline, ofTwo };
  }

  it('is reported before its record fails for another review: Lambda would freeze it', async () => {
    const { pipeline, ofTwo } = refusedBesideFailed();
    expect(await handle(pipeline, ofTwo)).toEqual(['Rate exceeded']);
    expect(reported(pipeline)).toEqual([['breaker-open', '']]);
  });

  it('whose alert is not accepted fails the record, even if another review had failed it already', async () => {
    const { pipeline, ofTwo } = refusedBesideFailed();
    pipeline.events.fail = 3;
    pipeline.sqs.fail = 1;
    expect(await handle(pipeline, ofTwo)).toEqual(['SQS is unavailable']);
  });

  it('blocks no user if it cannot count', async () => {
    for (const action of ['ListEntitiesForPolicy', 'GetGroup', 'GetAccountSummary']) {
      const pipeline = testPipeline();
      pipeline.iam.put('dana');
      pipeline.iam.failNext(action, throttled);
      expect(await handle(pipeline, iamEvent('CreateUser'))).toEqual(['Rate exceeded']);
      expect(pipeline.iam.isBlocked('dana')).toBe(false);
    }
  });

  it('counts its own blocks while IAM does not count them yet', async () => {
    const pipeline = testPipeline({ blockLimit: 50 });
    const users = Array.from({ length: 100 }, (_, index) => `user-${index}`);
    for (const user of users) pipeline.iam.put(user);
    pipeline.clock.time += 60_000;
    pipeline.iam.lag = 10_000;
    for (let from = 0; from < users.length; from += 10) {
      const bodies = users
        .slice(from, from + 10)
        .map((user) => iamEvent('CreateUser', { user, ago: 200 }));
      await handle(pipeline, ...bodies);
      pipeline.clock.time += 500;
    }
    expect(users.filter((user) => pipeline.iam.isBlocked(user))).toHaveLength(50);
  });

  it('sees within seconds that there is room again', async () => {
    const pipeline = testPipeline({ blockLimit: 1 });
    pipeline.iam.put('first', { policies: [POLICY] });
    pipeline.iam.put('second');
    await handle(pipeline, iamEvent('CreateUser', { user: 'second' }));
    expect(pipeline.iam.isBlocked('second')).toBe(false);
    pipeline.iam.put('first', { policies: [] });
    pipeline.clock.time += 5_000;
    await handle(pipeline, iamEvent('CreateUser', { user: 'second' }));
    expect(pipeline.iam.isBlocked('second')).toBe(true);
  });

  it('names each refused user once, until the user is decided', async () => {
    const pipeline = testPipeline({ blockLimit: 0 });
    const { iam } = pipeline;
    const tagged = (user: string) => iamEvent('TagUser', { user, parameters: { tags: [] } });
    for (const user of ['a', 'b', 'a', 'b']) {
      iam.put(user);
      await handle(pipeline, tagged(user));
    }
    expect(pipeline.events.outcomes).toMatchObject([{ users: ['a'] }, { users: ['b'] }]);
    iam.put('a', { devices: [PHONE] });
    await handle(pipeline, tagged('a'));
    iam.put('a', { devices: [] });
    await handle(pipeline, tagged('a'));
    expect(pipeline.events.outcomes).toMatchObject([
      { users: ['a'] },
      { users: ['b'] },
      { users: ['a'] },
    ]);
  });

  it('also names the users for whom a sweep saw room', async () => {
    const pipeline = testPipeline({ blockLimit: 0 });
    for (const user of ['a', 'b']) {
      pipeline.iam.put(user);
      await handle(pipeline, sweepRequest(user));
    }
    expect(pipeline.events.outcomes).toMatchObject([{ users: ['a'] }, { users: ['b'] }]);
  });

  it('does not prevent the report of an ended exemption', async () => {
    const pipeline = testPipeline({ blockLimit: 0 });
    pipeline.iam.put('dana');
    await handle(pipeline, iamEvent('UntagUser', { parameters: { tagKeys: ['userType'] } }));
    const kinds = pipeline.events.outcomes.map(({ kind }) => kind).toSorted();
    expect(kinds).toEqual(['breaker-open', 'exemption-seen']);
  });

  it('stops at half the account when a thousand users lose their devices', async () => {
    const pipeline = testPipeline({ blockLimit: 'auto' });
    const users = Array.from({ length: 1000 }, (_, index) => `user-${index}`);
    for (const user of users) pipeline.iam.put(user);
    const options = (user: string): EventOptions => ({ user, parameters: { serialNumber: PHONE } });
    for (let from = 0; from < users.length; from += 10) {
      const bodies = users
        .slice(from, from + 10)
        .map((user) => iamEvent('DeactivateMFADevice', options(user)));
      await handle(pipeline, ...bodies);
    }
    expect(users.filter((user) => pipeline.iam.isBlocked(user))).toHaveLength(500);
    const named = pipeline.events.outcomes.flatMap((outcome) =>
      outcome.kind === 'breaker-open' ? outcome.users : [],
    );
    expect(named.toSorted()).toEqual(
      users.filter((user) => !pipeline.iam.isBlocked(user)).toSorted(),
    );
  }, 30_000);
});

describe('publishing', () => {
  const block = async (pipeline: TestPipeline) => {
    pipeline.iam.put('dana');
    return handle(pipeline, iamEvent('CreateUser', { eventId: 'e1' }));
  };

  it('tries again what EventBridge refused though it answered 200', async () => {
    const pipeline = testPipeline();
    pipeline.events.refuse = 2;
    expect(await block(pipeline)).toEqual(['fulfilled']);
    expect(reported(pipeline)).toEqual([['user-blocked', 'dana']]);
    expect(pipeline.sqs.sent).toEqual([]);
  });

  it.each(['refuse', 'fail'] as const)(
    'keeps an outcome in the queue while EventBridge continues to %s it',
    async (how) => {
      const pipeline = testPipeline();
      pipeline.events[how] = 3;
      expect(await block(pipeline)).toEqual(['fulfilled']);
      expect(pipeline.events.outcomes).toEqual([]);
      const [waiting] = pipeline.sqs.sent;

      // The outcome is published from there, although the user needs no action.
      expect(await handle(pipeline, waiting?.body ?? '')).toEqual(['fulfilled']);
      expect(pipeline.events.outcomes).toMatchObject([{ id: 'user-blocked/111122223333/dana/e1' }]);
      expect(pipeline.iam.writes).toEqual(['AttachUserPolicy']);
    },
  );

  it('fails the record of a waiting outcome while EventBridge is unavailable', async () => {
    const pipeline = testPipeline();
    pipeline.events.fail = 6;
    await block(pipeline);
    const body = pipeline.sqs.sent[0]?.body ?? '';
    expect(await handle(pipeline, body)).toEqual([
      'EventBridge did not accept the outcome user-blocked/111122223333/dana/e1',
    ]);
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
  });

  it('fails the record where the queue is unavailable too', async () => {
    const pipeline = testPipeline();
    pipeline.events.fail = 3;
    pipeline.sqs.fail = 1;
    expect(await block(pipeline)).toEqual(['SQS is unavailable']);
  });
});
