import { describe, expect, it } from 'vitest';
import { oneAccount } from '../../../../functions/pipeline/accounts/accounts.ts';
import { enforcerOf } from '../../../../functions/pipeline/review/enforcer.ts';
import { accessDenied, noSuchEntity, serviceFailure } from '../../../fakes/memory-iam.ts';
import {
  handle,
  iamEvent,
  POLICY,
  sweepRequest,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const PHONE = 'arn:aws:iam::111122223333:mfa/dana-phone';
const published = ({ events }: TestPipeline) => events.outcomes.map(({ kind, id }) => [kind, id]);
const BLOCKED = ['user-blocked', 'user-blocked/111122223333/dana/e1'];
const UNBLOCKED = ['user-unblocked', 'user-unblocked/111122223333/dana/e1'];

/** Another copy of the function beside the first: the account, the queues and the table are the same. */
function copyOf(pipeline: TestPipeline): TestPipeline {
  const { iam, settings, stateStore, now, log } = pipeline;
  const enforcer = enforcerOf(iam, settings, stateStore, now, log);
  const copy = { ...pipeline, enforcer };
  return { ...copy, accounts: oneAccount(settings.account, copy) };
}

/** Both EventBridge and the queue are away: as good as dead between an action and its outcome. */
function cannotPublish({ events, sqs }: TestPipeline): void {
  events.fail = 3;
  sqs.fail = 1;
}

describe('an unpublished action', () => {
  it.each([
    ['block', {}, 'CreateUser', BLOCKED],
    ['unblock', { devices: [PHONE], policies: [POLICY] }, 'EnableMFADevice', UNBLOCKED],
  ] as const)(
    'is published when its message comes again: a %s',
    async (_, dana, eventName, outcome) => {
      const pipeline = testPipeline();
      pipeline.iam.put('dana', dana);
      cannotPublish(pipeline);
      const body = iamEvent(eventName, {
        eventId: 'e1',
        ago: 130,
        parameters: { serialNumber: PHONE },
      });
      await handle(pipeline, body);
      expect(published(pipeline)).toEqual([]);
      pipeline.clock.time += 180_000;
      expect(await handle(pipeline, body)).toEqual(['fulfilled']);
      expect(published(pipeline)).toEqual([outcome]);
      expect(pipeline.iam.writes).toHaveLength(1);
    },
  );

  it('is published even if the user is gone', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    cannotPublish(pipeline);
    const body = iamEvent('CreateUser', { eventId: 'e1' });
    await handle(pipeline, body);
    pipeline.iam.remove('dana');
    pipeline.clock.time += 180_000;
    await handle(pipeline, body);
    expect(published(pipeline)).toEqual([BLOCKED]);
  });

  it('is published even if a person undid it and the breaker is open by now', async () => {
    const pipeline = testPipeline({ blockLimit: 1 });
    pipeline.iam.put('dana');
    cannotPublish(pipeline);
    const body = iamEvent('CreateUser', { eventId: 'e1' });
    await handle(pipeline, body);
    pipeline.iam.put('dana', { policies: [] });
    pipeline.iam.put('erin', { policies: [POLICY] });
    pipeline.clock.time += 180_000;
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
    expect(published(pipeline)).toEqual([
      BLOCKED,
      ['breaker-open', 'breaker-open/111122223333/e1/dana'],
    ]);
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
    expect(published(pipeline)).toHaveLength(2);
  });

  it('is left to the instance that began it, for as long as a process may live', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    cannotPublish(pipeline);
    const body = iamEvent('CreateUser', { eventId: 'e1' });
    await handle(pipeline, body);
    pipeline.clock.time += 60_000;
    await handle(pipeline, body);
    expect(published(pipeline)).toEqual([]);
    expect(pipeline.sqs.sent).toMatchObject([{ body }]);
  });

  it('is not published if IAM answers that there is no such user', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.iam.failNext('AttachUserPolicy', () => noSuchEntity());
    const body = iamEvent('CreateUser', { eventId: 'e1' });
    await handle(pipeline, body);
    pipeline.iam.put('dana', { devices: [PHONE] });
    pipeline.clock.time += 180_000;
    await handle(pipeline, body);
    expect(published(pipeline)).toEqual([]);
  });
});

describe('a change that is delivered once more, long after', () => {
  it('and makes the same block due again is published as another', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    const body = iamEvent('CreateUser', { eventId: 'e1' });
    await handle(pipeline, body);
    pipeline.iam.put('dana', { policies: [] });
    pipeline.clock.time += 600_000;
    await handle(pipeline, body);
    expect(published(pipeline)).toEqual([
      BLOCKED,
      ['user-blocked', 'user-blocked/111122223333/dana/e1/2'],
    ]);
  });
});

describe('a block whose process died', () => {
  it('is published like the next one, if an unblock came in between', async () => {
    const pipeline = testPipeline();
    const { iam, clock } = pipeline;
    iam.put('dana');
    const created = iamEvent('CreateUser', { eventId: 'e1' });
    const enrolled = iamEvent('EnableMFADevice', {
      eventId: 'e2',
      parameters: { serialNumber: PHONE },
    });
    cannotPublish(pipeline);
    await handle(pipeline, created);
    clock.time += 180_000;
    iam.put('dana', { devices: [PHONE] });
    cannotPublish(pipeline);
    await handle(pipeline, enrolled);
    clock.time += 180_000;
    iam.put('dana', { devices: [] });
    await handle(pipeline, created);
    expect(published(pipeline)).toEqual([
      BLOCKED,
      ['user-unblocked', 'user-unblocked/111122223333/dana/e2'],
      ['user-blocked', 'user-blocked/111122223333/dana/e1/2'],
    ]);
  });

  it('is published even if a person undid it and made the block impossible', async () => {
    const pipeline = testPipeline();
    const { iam, clock } = pipeline;
    iam.put('dana');
    cannotPublish(pipeline);
    const created = iamEvent('CreateUser', { eventId: 'e1' });
    await handle(pipeline, created);
    clock.time += 180_000;
    iam.put('dana', { policies: [] });
    iam.failNext('AttachUserPolicy', accessDenied);
    await handle(pipeline, created);
    expect(published(pipeline)).toEqual([
      BLOCKED,
      ['could-not-enforce', 'could-not-enforce/111122223333/dana/e1'],
    ]);
  });
});

describe('a block that a person undoes before it is published', () => {
  it('is made due by that event at once', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    const { events, clock } = pipeline;
    const send = events.send.bind(events);
    events.send = async (command: object) => {
      clock.time += 3_000;
      return send(command);
    };
    await handle(pipeline, iamEvent('CreateUser', { eventId: 'e1' }));
    pipeline.iam.put('dana', { policies: [] });
    const parameters = { policyArn: POLICY };
    await handle(pipeline, iamEvent('DetachUserPolicy', { eventId: 'e2', ago: -1, parameters }));
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    expect(published(pipeline)).toEqual([
      BLOCKED,
      ['user-blocked', 'user-blocked/111122223333/dana/e2'],
    ]);
  });
});

describe('a block that had to wait until its batch was given up', () => {
  it('is left to the next try, with the room it had', async () => {
    const pipeline = testPipeline({ blockLimit: 1 });
    pipeline.iam.put('dana');
    pipeline.dynamo.loseAnswer('breaker/', async () => {
      pipeline.clock.time += 49_001;
    });
    const body = iamEvent('CreateUser', { eventId: 'e1' });
    expect(await handle(pipeline, body)).toEqual(['the readings are too old to act on']);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    expect(pipeline.sqs.sent).toEqual([]);
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
    expect(published(pipeline)).toEqual([BLOCKED]);
  });
});

describe('an action that was written down too late', () => {
  it.each(['block', 'unblock'] as const)('is not done any more: a %s', async (action) => {
    const pipeline = testPipeline();
    const enrolled = action === 'unblock';
    pipeline.iam.put('dana', enrolled ? { devices: [PHONE], policies: [POLICY] } : {});
    pipeline.dynamo.loseAnswer('actions/', async () => {
      pipeline.clock.time += 49_001;
    });
    const body = iamEvent(enrolled ? 'EnableMFADevice' : 'CreateUser', {
      eventId: 'e1',
      parameters: { serialNumber: PHONE },
    });
    expect(await handle(pipeline, body)).toEqual(['the readings are too old to act on']);
    expect(pipeline.iam.writes).toEqual([]);
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
    expect(published(pipeline)).toEqual([enrolled ? UNBLOCKED : BLOCKED]);
  });
});

describe('an unblock whose answer was lost', () => {
  it('is published, even if a stale read had it tried again', async () => {
    const pipeline = testPipeline();
    const { iam, clock } = pipeline;
    iam.put('dana', { devices: [PHONE], policies: [POLICY] });
    clock.time += 300_000;
    iam.failNext('DetachUserPolicy', serviceFailure, 1, true);
    const parameters = { serialNumber: PHONE };
    const enabled = iamEvent('EnableMFADevice', { eventId: 'e1', ago: -300, parameters });
    expect(await handle(pipeline, enabled)).toEqual(['Internal error']);
    expect(iam.isBlocked('dana')).toBe(false);
    iam.lag = 10_000;
    clock.time += 5_000;
    const again = iamEvent('EnableMFADevice', { eventId: 'e2', ago: -300, parameters });
    await handle(pipeline, again);
    expect(iam.count('DetachUserPolicy')).toBe(2);
    expect(published(pipeline)).toEqual([]);
    iam.lag = 0;
    clock.time += 30_000;
    await handle(pipeline, again);
    expect(published(pipeline)).toEqual([UNBLOCKED]);
  });
});

describe('two copies at the same user', () => {
  it('publish one block once', async () => {
    const one = testPipeline();
    one.iam.put('dana');
    await Promise.all([
      handle(one, iamEvent('CreateUser', { eventId: 'e1' })),
      handle(copyOf(one), iamEvent('CreateLoginProfile', { eventId: 'e2' })),
    ]);
    expect(published(one)).toHaveLength(1);
    expect(one.iam.count('AttachUserPolicy')).toBe(1);
  });

  it('publish it once even if the second does not see the block yet', async () => {
    const one = testPipeline();
    one.iam.put('dana');
    one.clock.time += 60_000;
    await handle(one, iamEvent('TagUser', { eventId: 'e1', parameters: { tags: [] } }));
    one.iam.lag = 20_000;
    await handle(copyOf(one), iamEvent('TagUser', { eventId: 'e2', parameters: { tags: [] } }));
    expect(published(one)).toEqual([BLOCKED]);
    expect(one.sqs.sent).toHaveLength(1);
  });

  it('block no user beyond the limit', async () => {
    const one = testPipeline({ blockLimit: 3 });
    const users = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const user of users) one.iam.put(user);
    one.clock.time += 60_000;
    one.iam.lag = 30_000;
    const two = copyOf(one);
    await Promise.all(
      users.map((user, index) =>
        handle(index % 2 === 0 ? one : two, iamEvent('CreateUser', { user, ago: 200 })),
      ),
    );
    expect(users.filter((user) => one.iam.isBlocked(user))).toHaveLength(3);
  });
});

describe('the breaker', () => {
  it('gives the room of an unblock once, though its answer was lost and another copy wrote since', async () => {
    const one = testPipeline({ blockLimit: 2 });
    const two = copyOf(one);
    for (const user of ['a', 'b', 'c', 'd']) one.iam.put(user);
    one.clock.time += 60_000;
    one.iam.lag = 30_000;
    const created = (user: string) => iamEvent('CreateUser', { user, ago: 200 });
    await handle(one, created('a'), created('b'));
    one.clock.time += 31_000;
    one.iam.put('a', { devices: [PHONE], policies: [POLICY] });
    one.iam.lag = 0;
    one.dynamo.loseAnswer('breaker/', () => handle(two, created('c')));
    const parameters = { serialNumber: PHONE };
    await handle(one, iamEvent('EnableMFADevice', { user: 'a', ago: 200, parameters }));
    one.iam.lag = 30_000;
    one.clock.time += 1_000;
    await handle(one, created('d'));
    expect(['a', 'b', 'c', 'd'].filter((user) => one.iam.isBlocked(user))).toEqual(['b', 'c']);
  });

  it('gives room back that was taken in vain, and room that an unblock leaves', async () => {
    const pipeline = testPipeline({ blockLimit: 1 });
    pipeline.iam.put('dana');
    pipeline.iam.put('erin');
    const event = (eventName: string, user: string) =>
      iamEvent(eventName, { user, ago: 130, parameters: { serialNumber: PHONE } });
    await handle(pipeline, event('CreateUser', 'dana'));
    pipeline.iam.put('dana', { devices: [PHONE] });
    pipeline.clock.time += 1_000;
    await handle(pipeline, event('EnableMFADevice', 'dana'));
    pipeline.clock.time += 5_000;
    await handle(pipeline, event('CreateUser', 'erin'));
    expect(pipeline.iam.isBlocked('erin')).toBe(true);
  });
});

describe('an unblock', () => {
  it('that IAM does not know is reviewed again, and not published', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [PHONE], policies: [POLICY] });
    pipeline.iam.failNext('DetachUserPolicy', () => noSuchEntity());
    const body = iamEvent('EnableMFADevice', { ago: 130, parameters: { serialNumber: PHONE } });
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
    expect(published(pipeline)).toEqual([]);
    expect(pipeline.sqs.sent).toMatchObject([{ body }]);
  });
});

describe('without the state table', () => {
  const enrolled = (eventId = 'e1') =>
    iamEvent('EnableMFADevice', { eventId, ago: 130, parameters: { serialNumber: PHONE } });
  const withDana = (dana: Parameters<TestPipeline['iam']['put']>[1]) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', dana);
    return pipeline;
  };
  const problems = ({ logged }: TestPipeline) =>
    logged.filter(({ level }) => level === 'error').map(({ message }) => message);

  it.each([
    ['an event', 'GetItem', enrolled()],
    ['an event', 'PutItem', enrolled()],
    ['a sweep’s request', 'GetItem', sweepRequest('dana')],
    ['a sweep’s request', 'PutItem', sweepRequest('dana')],
  ])(
    'who enrols is unblocked and reported, by %s, while %s is unavailable',
    async (_, call, body) => {
      const pipeline = withDana({ devices: [PHONE], policies: [POLICY] });
      pipeline.dynamo.fail[call] = Number.POSITIVE_INFINITY;
      expect(await handle(pipeline, body)).toEqual(['fulfilled']);
      expect(pipeline.iam.isBlocked('dana')).toBe(false);
      expect(pipeline.events.outcomes).toMatchObject([{ kind: 'user-unblocked' }]);
      expect(problems(pipeline)).toContain(
        'the state table is unavailable: a user is unblocked without a record',
      );
    },
  );

  it('who becomes exempt is unblocked, too', async () => {
    const pipeline = withDana({ tags: { userType: 'Service' }, policies: [POLICY] });
    pipeline.dynamo.fail.GetItem = Number.POSITIVE_INFINITY;
    await handle(pipeline, iamEvent('TagUser', { ago: 130, parameters: { tags: [] } }));
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
  });

  it('an unblock keeps its id, so that receivers recognise a duplicate', async () => {
    const pipeline = withDana({ devices: [PHONE], policies: [POLICY] });
    pipeline.dynamo.fail.GetItem = 1;
    await handle(pipeline, enrolled());
    expect(published(pipeline)).toEqual([UNBLOCKED]);
  });

  it('a logged unblock is published, even if the table is unavailable at that time', async () => {
    const pipeline = withDana({ devices: [PHONE], policies: [POLICY] });
    const send = pipeline.iam.send.bind(pipeline.iam);
    pipeline.iam.send = async (command: object) => {
      if (command.constructor.name === 'DetachUserPolicyCommand') {
        pipeline.dynamo.fail.PutItem = Number.POSITIVE_INFINITY;
      }
      return send(command);
    };
    expect(await handle(pipeline, enrolled())).toEqual(['fulfilled']);
    expect(published(pipeline)).toEqual([UNBLOCKED]);
    // The action stays in the log, and is published again with the same id.
    pipeline.dynamo.fail.PutItem = 0;
    pipeline.clock.time += 180_000;
    await handle(pipeline, enrolled('e2'));
    expect(published(pipeline)).toEqual([UNBLOCKED, UNBLOCKED]);
  });

  it('an unblock that IAM refuses is reported as such', async () => {
    const pipeline = withDana({ devices: [PHONE], policies: [POLICY] });
    pipeline.dynamo.fail.GetItem = Number.POSITIVE_INFINITY;
    pipeline.iam.failNext('DetachUserPolicy', accessDenied);
    expect(await handle(pipeline, enrolled())).toEqual(['fulfilled']);
    expect(pipeline.events.outcomes).toMatchObject([{ kind: 'could-not-enforce' }]);
  });

  it.each([
    ['GetItem', {}],
    ['PutItem', {}],
    ['GetItem', { policies: [POLICY] }],
    ['GetItem', { devices: [PHONE] }],
  ])('everything else fails and comes again: %s, %j', async (call, dana) => {
    const pipeline = withDana(dana);
    pipeline.dynamo.fail[call] = Number.POSITIVE_INFINITY;
    const body = iamEvent('CreateLoginProfile', { ago: 130 });
    expect(await handle(pipeline, body)).toEqual([`${call} is unavailable`]);
    expect(pipeline.iam.writes).toEqual([]);
    pipeline.dynamo.fail[call] = 0;
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
  });

  it('an unpublished action of a deleted user comes again', async () => {
    const pipeline = testPipeline();
    pipeline.dynamo.fail.GetItem = 1;
    expect(await handle(pipeline, iamEvent('CreateUser', { ago: 130 }))).toEqual([
      'GetItem is unavailable',
    ]);
  });
});

describe('the action log’s entry', () => {
  it('that cannot be read fails the record: nothing is done that might go unpublished', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.dynamo.fail.GetItem = 1;
    expect(await handle(pipeline, iamEvent('CreateUser'))).toEqual(['GetItem is unavailable']);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
  });

  it('is not used in observe mode', async () => {
    const pipeline = testPipeline({ mode: 'observe' });
    pipeline.iam.put('dana');
    await handle(pipeline, iamEvent('CreateUser', { eventId: 'e1' }));
    expect([...pipeline.dynamo.items.keys()].filter((id) => id.startsWith('actions/'))).toEqual([
      'actions/111122223333/dana/access',
    ]);
  });

  it('allows the next try at once if IAM answered with an error', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.iam.failNext('AttachUserPolicy', serviceFailure);
    const body = iamEvent('CreateUser', { eventId: 'e1' });
    await handle(pipeline, body);
    await handle(pipeline, body);
    expect(published(pipeline)).toEqual([BLOCKED]);
  });
});
