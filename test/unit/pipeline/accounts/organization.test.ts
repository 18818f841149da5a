import { describe, expect, it } from 'vitest';
import { Deadline } from '../../../../functions/pipeline/review/deadline.ts';
import type { BatchDeps } from '../../../../functions/pipeline/review/review-deps.ts';
import { accessDenied, throttled } from '../../../fakes/memory-iam.ts';
import {
  BARE,
  HUB,
  ORGANIZATION,
  OTHER,
  SPOKE,
  SUSPENDED,
  type TestOrganization,
  testOrganization,
} from '../../../fakes/memory-organization.ts';
import { MemoryOrganizations } from '../../../fakes/memory-organizations.ts';
import { deliverSweeps, SWEEPS_URL, sweepNightly } from '../../../fakes/nightly.ts';
import { handle, iamEvent, START, testPipeline } from '../../../fakes/pipeline.ts';

const MINUTE = 60_000;

const created = (account: string, user = 'dana', eventId?: string) =>
  iamEvent('CreateUser', { account, user, ...(eventId ? { eventId } : {}) });

describe('a tampering call in a member account', () => {
  const call = (account: string, eventName: string, parameters: Record<string, unknown>) => {
    const service = eventName.endsWith('Rule') ? 'events' : 'iam';
    const event = JSON.parse(iamEvent(eventName, { account, parameters })) as {
      source: string;
      detail: Record<string, unknown>;
    };
    event.source = `aws.${service}`;
    event.detail.eventSource = `${service}.amazonaws.com`;
    return JSON.stringify(event);
  };

  it('is reported on the spoke’s own resources, and not on others: the account chooses its rules itself', async () => {
    const hub = testOrganization();
    const bodies = [
      call(SPOKE, 'PutRule', { name: 'nightly-backup-of-wikis' }),
      call(SPOKE, 'PutRolePolicy', { roleName: 'web-server', policyName: 'x' }),
      call(SPOKE, 'PutRule', { name: `${hub.hub.stack}-UserChangesRule-X` }),
      call(SPOKE, 'DisableRule', { name: 'ForceMFA-user-changes' }),
    ];
    expect(await handle(hub, ...bodies)).toEqual(bodies.map(() => 'fulfilled'));
    expect(hub.events.outcomes).toMatchObject([
      { account: SPOKE, what: 'events:DisableRule', resource: 'ForceMFA-user-changes' },
    ]);
  });

  it('by CloudFormation is reported once for all spokes, and apart from the hub’s', async () => {
    const hub = testOrganization();
    const byCloudFormation = (body: string) => {
      const event = JSON.parse(body) as { detail: Record<string, unknown> };
      event.detail.sourceIPAddress = 'cloudformation.amazonaws.com';
      return JSON.stringify(event);
    };
    for (const [account, name] of [
      [SPOKE, 'ForceMFA-user-changes'],
      [OTHER, 'ForceMFA-user-changes'],
      [HUB, `${hub.hub.stack}-UserChangesRule-X`],
    ] as const) {
      await handle(hub, byCloudFormation(call(account, 'PutRule', { name })));
    }
    expect(hub.events.outcomes.map(({ account }) => account)).toEqual([SPOKE, HUB]);
  });
});

describe('an event of a spoke', () => {
  it('is reviewed in its account, under the role there, and reported with the account’s names', async () => {
    const hub = testOrganization();
    hub.spokes.iam(SPOKE).put('dana');
    hub.spokes.iam(SPOKE).alias = 'acme-prod';
    const body = JSON.stringify('Production').slice(1, -1);
    hub.dynamo.items.set(`account/${SPOKE}`, { id: { S: `account/${SPOKE}` }, body: { S: body } });

    expect(await handle(hub, created(SPOKE, 'dana', 'e1'))).toEqual(['fulfilled']);

    expect(hub.spokes.iam(SPOKE).user('dana')?.policies).toEqual([
      `arn:aws:iam::${SPOKE}:policy/ForceMFA`,
    ]);
    expect(hub.events.outcomes).toMatchObject([
      {
        kind: 'user-blocked',
        id: `user-blocked/${SPOKE}/dana/e1`,
        account: SPOKE,
        alias: 'acme-prod',
        accountName: 'Production',
      },
    ]);
    expect(hub.spokes.assumed).toEqual([
      {
        RoleArn: `arn:aws:iam::${SPOKE}:role/ForceMFA-review`,
        RoleSessionName: 'on-iam-change',
        DurationSeconds: 3600,
      },
    ]);
    expect(hub.iam.calls).toEqual([]);
  });

  it('has the account’s name as soon as a sweep has brought it, and asks for it no more', async () => {
    const hub = testOrganization();
    const users = ['dana', 'erin', 'fay'];
    for (const user of users) hub.spokes.iam(SPOKE).put(user);
    await handle(hub, created(SPOKE, 'dana'));
    const id = `account/${SPOKE}`;
    hub.dynamo.items.set(id, { id: { S: id }, body: { S: 'Production' } });
    await handle(hub, created(SPOKE, 'erin'));
    hub.dynamo.items.delete(id);
    await handle(hub, created(SPOKE, 'fay'));
    expect(hub.events.outcomes.map(({ accountName }) => accountName)).toEqual([
      null,
      'Production',
      'Production',
    ]);
  });

  it('needs one session an hour, however many come', async () => {
    const hub = testOrganization();
    for (let minute = 0; minute < 54; minute += 1) {
      hub.spokes.iam(SPOKE).put(`user-${minute}`);
      await handle(hub, created(SPOKE, `user-${minute}`));
      hub.clock.time += MINUTE;
    }
    expect(hub.spokes.assumed).toHaveLength(1);
    hub.clock.time += 2 * MINUTE;
    await handle(hub, created(SPOKE, 'user-0'));
    expect(hub.spokes.assumed).toHaveLength(2);
  });

  it('caused by the enforcer’s own call there is known as ours', async () => {
    const hub = testOrganization();
    const policyArn = `arn:aws:iam::${SPOKE}:policy/ForceMFA`;
    hub.spokes.iam(SPOKE).put('dana');
    const ownChange = iamEvent('DetachUserPolicy', {
      account: SPOKE,
      parameters: { policyArn },
      identity: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${SPOKE}:assumed-role/ForceMFA-review/on-iam-change`,
      },
    });
    await handle(hub, ownChange);
    // The instance that got the answer claims the action, since the event of a recent own change waits.
    expect(hub.sqs.sent).toMatchObject([{ delaySeconds: 120 }]);
  });

  it('is counted by a breaker of the account’s own', async () => {
    const hub = testOrganization({ blockLimit: 1 });
    for (const account of [SPOKE, OTHER]) {
      for (const user of ['dana', 'erin']) hub.spokes.iam(account).put(user);
    }
    const users = ['dana', 'erin'];
    await handle(hub, ...[SPOKE, OTHER].flatMap((one) => users.map((user) => created(one, user))));
    for (const account of [SPOKE, OTHER]) {
      const iam = hub.spokes.iam(account);
      expect(users.filter((user) => iam.isBlocked(user))).toHaveLength(1);
    }
    expect(hub.events.outcomes.filter(({ kind }) => kind === 'breaker-open')).toMatchObject([
      { account: SPOKE, total: 1 },
      { account: OTHER, total: 1 },
    ]);
  });
});

describe('the tags of a spoke', () => {
  it.each([
    ['observe wins', {}, { 'mfa-enforcer:mode': 'observe' }, 'observe', false],
    ['enforce is as the hub', {}, { 'mfa-enforcer:mode': 'enforce' }, 'enforce', true],
    [
      'a hub that observes writes nowhere',
      { mode: 'observe' },
      { 'mfa-enforcer:mode': 'enforce' },
      'observe',
      false,
    ],
    ['no tag is as the hub', {}, {}, 'enforce', true],
  ] as const)('%s', async (_, hubSettings, tags, mode, blocked) => {
    const hub = testOrganization(hubSettings);
    hub.spokes.roles.set(SPOKE, tags);
    hub.spokes.iam(SPOKE).put('dana');
    await handle(hub, created(SPOKE));
    expect(hub.spokes.iam(SPOKE).isBlocked('dana')).toBe(blocked);
    expect(hub.events.outcomes).toMatchObject([{ kind: 'user-blocked', mode }]);
  });

  it('its own limit counts, and is read again after five minutes', async () => {
    const hub = testOrganization({ blockLimit: 'auto' });
    hub.spokes.roles.set(SPOKE, { 'mfa-enforcer:block-limit': '0' });
    hub.spokes.iam(SPOKE).put('dana');
    await handle(hub, created(SPOKE));
    expect(hub.spokes.iam(SPOKE).isBlocked('dana')).toBe(false);
    hub.spokes.roles.set(SPOKE, { 'mfa-enforcer:block-limit': 'auto' });
    hub.clock.time += 6 * MINUTE;
    await handle(hub, created(SPOKE));
    expect(hub.spokes.iam(SPOKE).isBlocked('dana')).toBe(true);
  });

  it.each([
    ['mfa-enforcer:mode', 'off', 'must be hub, enforce or observe'],
    ['mfa-enforcer:block-limit', 'many', 'must be hub, auto or a number from 0 to 9999'],
  ])(
    '%s=%s is refused and reported, and never taken for another value',
    async (tag, value, must) => {
      const hub = testOrganization();
      hub.spokes.roles.set(SPOKE, { [tag]: value });
      hub.spokes.iam(SPOKE).put('dana');
      expect(await handle(hub, created(SPOKE))).toEqual([expect.stringContaining(must)]);
      expect(hub.spokes.iam(SPOKE).isBlocked('dana')).toBe(false);
      expect(hub.events.outcomes).toMatchObject([
        { kind: 'account-unreachable', account: SPOKE, why: { code: 'spoke-wrong' } },
      ]);
    },
  );
});

describe('an event that names a wrong account', () => {
  const forged = (change: object, detail: object = {}) => {
    const event = JSON.parse(created(SPOKE)) as { detail: object };
    return JSON.stringify({ ...event, ...change, detail: { ...event.detail, ...detail } });
  };

  it.each([
    [
      'whose envelope is of another account',
      forged({ account: OTHER }),
      'the envelope says account',
    ],
    [
      'whose record is of another account',
      forged({}, { recipientAccountId: OTHER }),
      'the envelope says account',
    ],
    ['without the account on its envelope', forged({ account: undefined }), 'no envelope vouches'],
    [
      'without an envelope',
      JSON.stringify((JSON.parse(created(SPOKE)) as { detail: object }).detail),
      'no envelope vouches',
    ],
  ])('%s is refused', async (_, body, why) => {
    const hub = testOrganization();
    for (const account of [SPOKE, OTHER]) hub.spokes.iam(account).put('dana');
    expect(await handle(hub, body)).toEqual([expect.stringContaining(why)]);
    expect(hub.spokes.assumed).toEqual([]);
    expect(hub.spokes.iam(SPOKE).isBlocked('dana')).toBe(false);
    expect(hub.spokes.iam(OTHER).isBlocked('dana')).toBe(false);
  });

  it('is refused where the assumed role is in another account, before any call there', async () => {
    const hub = testOrganization();
    hub.spokes.misled.set(SPOKE, OTHER);
    hub.spokes.iam(OTHER).put('dana');
    const [problem] = await handle(hub, created(SPOKE));
    expect(problem).toContain(`is in account ${OTHER}`);
    expect(hub.spokes.iam(OTHER).calls).toEqual([]);
    expect(hub.events.outcomes).toMatchObject([
      { kind: 'account-unreachable', account: SPOKE, why: { code: 'account-wrong' } },
    ]);
  });
});

describe('one account in a batch', () => {
  const batch = (account: string) => [
    created(HUB, 'hubert'),
    created(account, 'dana'),
    created(OTHER, 'olga'),
  ];
  const prepared = (deps?: Partial<BatchDeps>) => {
    const hub = testOrganization({}, deps);
    hub.iam.put('hubert');
    hub.spokes.iam(SPOKE).put('dana');
    hub.spokes.iam(OTHER).put('olga');
    return hub;
  };
  const othersBlocked = (hub: TestOrganization) => [
    hub.iam.isBlocked('hubert'),
    hub.spokes.iam(OTHER).isBlocked('olga'),
  ];

  it('without the role fails alone, and is reported once in half an hour', async () => {
    const hub = prepared();
    const results = await handle(hub, ...batch(BARE));
    expect(results).toEqual([
      'fulfilled',
      expect.stringContaining('cannot be assumed'),
      'fulfilled',
    ]);
    expect(othersBlocked(hub)).toEqual([true, true]);
    const reported = () => hub.events.outcomes.filter(({ kind }) => kind === 'account-unreachable');
    expect(reported()).toMatchObject([{ account: BARE, why: { code: 'role-not-assumable' } }]);

    hub.clock.time += 10 * MINUTE;
    await handle(hub, created(BARE));
    expect(reported()).toHaveLength(1);
    hub.clock.time += 21 * MINUTE;
    await handle(hub, created(BARE));
    expect(reported()).toHaveLength(2);
  });

  it('that was refused is asked again after half a minute, not for each message', async () => {
    const hub = prepared();
    hub.spokes.fail = accessDenied();
    for (let message = 0; message < 5; message += 1) await handle(hub, created(SPOKE));
    expect(hub.spokes.assumed).toHaveLength(1);
    hub.spokes.fail = null;
    hub.clock.time += 31_000;
    expect(await handle(hub, created(SPOKE))).toEqual(['fulfilled']);
    expect(hub.spokes.iam(SPOKE).isBlocked('dana')).toBe(true);
  });

  it('that throttles fails alone, and is not reported as unreachable', async () => {
    const hub = prepared();
    hub.spokes.iam(SPOKE).failNext('ListMFADevices', throttled, 99);
    hub.spokes.iam(SPOKE).failNext('GetUser', throttled, 99);
    expect(await handle(hub, ...batch(SPOKE))).toEqual(['fulfilled', 'Rate exceeded', 'fulfilled']);
    expect(othersBlocked(hub)).toEqual([true, true]);
    expect(hub.events.outcomes.map(({ kind }) => kind)).toEqual(['user-blocked', 'user-blocked']);
  });

  it('that never answers fails alone, in time', async () => {
    const soon = (_: number, end: () => void) => {
      const timer = setTimeout(end, 50);
      return () => clearTimeout(timer);
    };
    const hub = prepared({ deadline: () => new Deadline(() => new Date(), soon) });
    hub.spokes.silent.add(SPOKE);
    expect(await handle(hub, ...batch(SPOKE))).toEqual([
      'fulfilled',
      'not done in 50 s',
      'fulfilled',
    ]);
    expect(othersBlocked(hub)).toEqual([true, true]);
  });

  it('has one time for all its steps: letting us in slowly leaves less for the work', async () => {
    const begun: number[] = [];
    const waited: Promise<unknown>[] = [];
    class Counted extends Deadline {
      override wait<T>(work: Promise<T>): Promise<T> {
        waited.push(work);
        return super.wait(work);
      }
    }
    const deadline = () => {
      begun.push(waited.length);
      return new Counted(() => new Date());
    };
    const hub = prepared({ deadline });
    await handle(hub, ...batch(SPOKE));
    expect(begun).toEqual([0]);
    // Every account's connection, and every message.
    expect(waited).toHaveLength(6);
  });

  it('that is slow has two of its messages processed, and the others wait behind the other accounts’', async () => {
    const hub = prepared();
    const slow = hub.spokes.iam(SPOKE);
    const send = slow.send.bind(slow);
    slow.send = async (command: object) => {
      hub.clock.time += 2_000;
      return send(command as never) as never;
    };
    const users = Array.from({ length: 8 }, (_, index) => `user-${index}`);
    for (const user of users) slow.put(user);
    await handle(hub, created(SPOKE, 'dana'));

    const batch = [...users.map((user) => created(SPOKE, user)), created(OTHER, 'olga')];
    expect(await handle(hub, ...batch)).toEqual(batch.map(() => 'fulfilled'));
    expect(users.filter((user) => slow.isBlocked(user))).toHaveLength(2);
    expect(hub.spokes.iam(OTHER).isBlocked('olga')).toBe(true);
    expect(hub.sqs.sent).toMatchObject(users.slice(2).map(() => ({ delaySeconds: 15 })));
    // SQS lets a group with many messages wait.
    expect(new Set(hub.sqs.groups)).toEqual(new Set([SPOKE]));

    slow.send = send;
    for (let tries = 0; hub.sqs.sent.length > 0 && tries < 10; tries += 1) {
      hub.clock.time += 61_000;
      await handle(hub, ...hub.sqs.sent.splice(0).map(({ body }) => body));
    }
    expect(users.filter((user) => slow.isBlocked(user))).toEqual(users);
  });

  it.each([
    [0, 15],
    [0.5, 37],
    [0.99, 59],
  ])(
    'whose messages wait gets them again spread over 15 to 60 s: %s',
    async (random, delaySeconds) => {
      const hub = prepared({ random: () => random });
      hub.accountThrottle?.took(SPOKE, 5_000);
      const bodies = ['a', 'b', 'c'].map((user) => created(SPOKE, user));
      await handle(hub, ...bodies);
      const waiting = hub.sqs.sent.filter(({ body }) => body === bodies[2]);
      expect(waiting).toMatchObject([{ delaySeconds }]);
    },
  );

  it('is slow by what its own part took', async () => {
    const hub = prepared();
    await handle(hub, created(SPOKE));
    expect(hub.accountThrottle?.capacityFor(SPOKE)).toBe(Number.POSITIVE_INFINITY);
  });

  it('that is unreachable fails even if it cannot be reported, and is in the log', async () => {
    const hub = prepared();
    hub.events.fail = 3;
    hub.sqs.fail = 1;
    expect(await handle(hub, created(BARE))).toEqual([
      expect.stringContaining('cannot be assumed'),
    ]);
    expect(hub.logged.filter(({ level }) => level === 'error')).toMatchObject([
      {
        message: 'an unreachable account could not be reported',
        values: { error: expect.any(Error) },
      },
    ]);
  });

  it('that is slow and alone has all its messages processed: no other account waits', async () => {
    const alone = testPipeline();
    const send = alone.iam.send.bind(alone.iam);
    alone.iam.send = async (command: object) => {
      alone.clock.time += 2_000;
      return send(command as never) as never;
    };
    const users = ['dana', 'erin', 'fay', 'gus'];
    for (const user of users) alone.iam.put(user);
    await handle(alone, created(HUB, 'dana'));
    await handle(alone, ...users.map((user) => created(HUB, user)));
    expect(users.filter((user) => alone.iam.isBlocked(user))).toEqual(users);
    // Only dana, who was blocked before, is reviewed again.
    expect(alone.sqs.sent.map(({ body }) => body.includes('"dana"'))).toEqual([true]);
  });

  it('whose STS throttles fails alone, and comes again', async () => {
    const hub = prepared();
    hub.spokes.fail = throttled();
    const results = await handle(hub, created(SPOKE));
    expect(results).toEqual([`account ${SPOKE}: Throttling: Rate exceeded`]);
    expect(hub.events.outcomes).toEqual([]);
  });
});

describe('the nightly sweep of an organization', () => {
  const night = async (hub: TestOrganization) => {
    const failed = await sweepNightly(hub.nightly);
    return { failed, outcomes: hub.events.outcomes };
  };

  it('sends one message an active account, and remembers what the accounts are called', async () => {
    const hub = testOrganization();
    await sweepNightly(hub.nightly);
    const names = [...hub.dynamo.items].filter(([id]) => id.startsWith('account/'));
    expect(names.map(([id, item]) => [id, item.body?.S])).toEqual([
      [`account/${HUB}`, 'Security'],
      [`account/${SPOKE}`, 'Production'],
      [`account/${OTHER}`, 'Development'],
      [`account/${BARE}`, 'Sandbox'],
    ]);
    expect(hub.spokes.assumed.map(({ RoleArn }) => RoleArn)).toEqual(
      [SPOKE, OTHER, BARE].map((account) => `arn:aws:iam::${account}:role/ForceMFA-read`),
    );
  });

  it('sends users with a difference to review in the own account, and sums all accounts up', async () => {
    const hub = testOrganization();
    hub.iam.put('hubert');
    hub.spokes.iam(SPOKE).put('dana');
    hub.spokes.iam(SPOKE).alias = 'acme-prod';
    hub.spokes.iam(SPOKE).put('glass', { tags: { 'mfa-enforcer:break-glass': 'true' } });
    hub.iam.put('robot', { tags: { userType: 'Service', 'mfa-exempt-until': '2026-03-02' } });
    hub.spokes.iam(OTHER).put('olga', { devices: [`arn:aws:iam::${OTHER}:mfa/olga`] });
    const { failed, outcomes } = await night(hub);

    expect(failed).toBe(0);
    const reviews = hub.sqs.sent.filter(({ queueUrl }) => queueUrl !== SWEEPS_URL);
    expect(reviews.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      { account: HUB, user: 'hubert' },
      { account: SPOKE, user: 'dana' },
    ]);
    const [last] = outcomes.slice(-1);
    expect(last).toMatchObject({
      kind: 'organization-swept',
      id: `organization-swept/${ORGANIZATION}/sweep-1`,
      account: HUB,
      accounts: { listed: 5, swept: 3, unswept: 1, inactive: 1, observing: 0 },
      totals: { users: 5, protected: 1, blocked: 0, unprotected: 2, exempt: 2, outOfScope: 0 },
      differences: 2,
      unswept: [{ account: BARE, accountName: 'Sandbox', why: { code: 'role-not-assumable' } }],
      withFindings: [
        { account: HUB, accountName: 'Security', totals: { unprotected: 1 } },
        {
          account: SPOKE,
          accountName: 'Production',
          alias: 'acme-prod',
          totals: { unprotected: 1 },
        },
      ],
      breakGlassWithoutMfa: [
        { account: SPOKE, accountName: 'Production', alias: 'acme-prod', user: 'glass' },
      ],
      endingExemptions: [
        { account: HUB, accountName: 'Security', alias: null, user: 'robot', until: '2026-03-02' },
      ],
    });
    expect(outcomes.filter(({ kind }) => kind === 'account-unreachable')).toMatchObject([
      { account: BARE, accountName: 'Sandbox', cause: { kind: 'sweep', sweepId: 'sweep-1' } },
    ]);
    expect(outcomes.filter(({ kind }) => kind === 'sweep-finished')).toMatchObject(
      [HUB, SPOKE, OTHER].map((account) => ({ account, rolledUp: true })),
    );
  });

  it('reports what needs a person in any account, since no account’s sweep has a message of its own', async () => {
    const hub = testOrganization();
    hub.spokes.iam(SPOKE).put('fire', { tags: { 'mfa-enforcer:break-glass': 'true' } });
    const until = new Date(START + 7 * 24 * 60 * MINUTE).toISOString().slice(0, 10);
    hub.spokes
      .iam(OTHER)
      .put('robot', { tags: { userType: 'Service', 'mfa-exempt-until': until } });
    const { outcomes } = await night(hub);
    expect(outcomes.at(-1)).toMatchObject({
      breakGlassWithoutMfa: [{ account: SPOKE, accountName: 'Production', user: 'fire' }],
      endingExemptions: [{ account: OTHER, accountName: 'Development', user: 'robot', until }],
    });
  });

  it('goes on if an account fails, and reports what is unknown', async () => {
    const hub = testOrganization();
    hub.spokes.iam(SPOKE).failNext('GetAccountAuthorizationDetails', throttled, 99);
    const { failed, outcomes } = await night(hub);
    expect(failed).toBe(1);
    // The account is tried again, and the summary waits for that.
    expect(outcomes.some(({ kind }) => kind === 'organization-swept')).toBe(false);
    hub.clock.time += 17 * MINUTE;
    await deliverSweeps(hub.nightly);
    expect(hub.events.outcomes.at(-1)).toMatchObject({
      kind: 'organization-swept',
      accounts: { swept: 2, unswept: 2 },
      unswept: [
        { account: SPOKE, why: { code: 'other', text: 'Throttling: Rate exceeded' } },
        { account: BARE },
      ],
    });
  });

  it('counts an account as swept where the second try succeeds', async () => {
    const hub = testOrganization();
    hub.spokes.iam(SPOKE).failNext('GetAccountAuthorizationDetails', throttled, 1);
    expect(await sweepNightly(hub.nightly)).toBe(1);
    const again = JSON.stringify({
      schema: 'mfa-enforcer/sweep-request/1',
      account: SPOKE,
      sweepId: 'sweep-1',
      startedAt: new Date(START).toISOString(),
    });
    hub.clock.time += 16 * MINUTE;
    hub.sqs.sent.unshift({ queueUrl: SWEEPS_URL, body: again, delaySeconds: 0 });
    expect(await deliverSweeps(hub.nightly)).toBe(0);
    expect(hub.events.outcomes.at(-1)).toMatchObject({
      kind: 'organization-swept',
      accounts: { swept: 3, unswept: 1 },
    });
  });

  it('waits with the summary until all are done, and six hours at most', async () => {
    const hub = testOrganization();
    // The messages of the accounts are lost on the way: none is ever swept.
    hub.nightly.accounts.of = () => new Promise(() => undefined);
    const late = { schema: 'mfa-enforcer/roll-up-request/1', organization: ORGANIZATION };
    const body = JSON.stringify({
      ...late,
      sweepId: 'sweep-2',
      startedAt: new Date(START).toISOString(),
      accounts: [HUB, SPOKE],
      inactive: 0,
    });
    hub.sqs.sent.push({ queueUrl: SWEEPS_URL, body, delaySeconds: 0 });
    await deliverSweeps(hub.nightly);
    expect(hub.sqs.sent).toEqual([{ queueUrl: SWEEPS_URL, body, delaySeconds: 10 }]);
    expect(hub.events.outcomes).toEqual([]);

    hub.clock.time += 361 * MINUTE;
    await deliverSweeps(hub.nightly);
    expect(hub.sqs.sent).toEqual([]);
    expect(hub.events.outcomes).toMatchObject([
      {
        accounts: { swept: 0, unswept: 2 },
        unswept: [{ why: { code: 'late' } }, { why: { code: 'late' } }],
      },
    ]);
  });

  const rollUpOf = (sweepId: string) =>
    JSON.stringify({
      schema: 'mfa-enforcer/roll-up-request/1',
      organization: ORGANIZATION,
      sweepId,
      startedAt: new Date(START).toISOString(),
      accounts: [SPOKE, OTHER, BARE],
      inactive: 0,
    });

  it('counts what a sweep that began later has found: its records are in place of the earlier’s', async () => {
    const hub = testOrganization();
    hub.clock.time += MINUTE;
    await sweepNightly(hub.nightly, { id: 'by-hand' });
    const body = rollUpOf('overtaken');
    hub.sqs.sent.push({ queueUrl: SWEEPS_URL, body, delaySeconds: 0 });
    await deliverSweeps(hub.nightly);
    expect(hub.events.outcomes.at(-1)).toMatchObject({
      sweepId: 'overtaken',
      accounts: { swept: 2, unswept: 1 },
      unswept: [{ account: BARE, why: { code: 'role-not-assumable' } }],
    });
  });

  it('never counts what an earlier sweep has found', async () => {
    const hub = testOrganization();
    hub.clock.time -= MINUTE;
    await sweepNightly(hub.nightly, { id: 'earlier' });
    hub.clock.time += 362 * MINUTE;
    const body = rollUpOf('tonight');
    hub.sqs.sent.push({ queueUrl: SWEEPS_URL, body, delaySeconds: 0 });
    await deliverSweeps(hub.nightly);
    expect(hub.events.outcomes.at(-1)).toMatchObject({
      sweepId: 'tonight',
      accounts: { swept: 0, unswept: 3 },
    });
  });

  it('is summed up although one account’s record cannot be read, which is then not swept', async () => {
    const hub = testOrganization();
    await sweepNightly(hub.nightly);
    hub.dynamo.items.set(`sweep/${SPOKE}`, {
      id: { S: `sweep/${SPOKE}` },
      body: { S: '{"schema":"mfa-enforcer/last-sweep/2"}' },
    });
    hub.clock.time += 361 * MINUTE;
    hub.sqs.sent.push({ queueUrl: SWEEPS_URL, body: rollUpOf('sweep-1'), delaySeconds: 0 });
    expect(await deliverSweeps(hub.nightly)).toBe(0);
    expect(hub.events.outcomes.at(-1)).toMatchObject({
      accounts: { swept: 1, unswept: 2 },
      unswept: [{ account: SPOKE, why: { code: 'late' } }, { account: BARE }],
    });
  });

  it('does not begin where the accounts cannot be listed', async () => {
    const hub = testOrganization();
    Object.assign(hub.nightly.organizations, { fail: accessDenied() });
    await expect(sweepNightly(hub.nightly)).rejects.toThrow('not authorized');
    expect(hub.sqs.sent).toEqual([]);
  });

  it('lists every page of a thousand accounts, and reads their records a hundred at a time', async () => {
    const accounts = Array.from({ length: 1000 }, (_, index) => ({
      id: String(600_000_000_000 + index),
      name: `Account ${index}`,
      active: index % 10 !== 0,
    }));
    const hub = testOrganization({}, undefined);
    Object.assign(hub.nightly, {
      organizations: new MemoryOrganizations(accounts),
    });
    await sweepNightly(hub.nightly);
    expect(hub.events.outcomes.at(-1)).toMatchObject({
      kind: 'organization-swept',
      accounts: { listed: 1000, swept: 0, unswept: 900, inactive: 100 },
    });
    expect(hub.events.outcomes.at(-1)).toHaveProperty('unswept.length', 100);
  });

  it('names the suspended account in no message', async () => {
    const hub = testOrganization();
    await sweepNightly(hub.nightly);
    expect(JSON.stringify([hub.events.outcomes, hub.sqs.sent])).not.toContain(SUSPENDED);
  });
});
