import { describe, expect, it } from 'vitest';
import { forceMfaInline } from '../../../../functions/domain/rules/force-mfa.ts';
import type { Settings } from '../../../../functions/domain/rules/settings.ts';
import {
  accessDenied,
  type MemoryUser,
  noSuchEntity,
  throttled,
} from '../../../fakes/memory-iam.ts';
import {
  BOUNDARY,
  handle,
  iamEvent,
  POLICY,
  sweepAll,
  sweepRequest,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const TEN = Array.from({ length: 10 }, (_, index) => `arn:aws:iam::aws:policy/P${index}`);
const GROUPS = Array.from({ length: 10 }, (_, index) => `group-${index}`);
const OWN_BOUNDARY = 'arn:aws:iam::111122223333:policy/their-own';
const PHONE = 'arn:aws:iam::111122223333:mfa/danas-phone';

const fullPolicies = { policies: TEN };
const fullGroups = { ...fullPolicies, groups: GROUPS };
const bounded = { ...fullGroups, boundary: OWN_BOUNDARY };

/** A deployment that allows the boundary. */
const allowing = (settings: Partial<Settings> = {}) =>
  testPipeline({ boundaryDeny: true, ...settings });

/** Blocks dana for a change that every reading shows. */
async function block(user: Partial<MemoryUser>, settings: Partial<Settings> = {}) {
  const pipeline = allowing(settings);
  pipeline.iam.put('dana', user);
  await handle(pipeline, iamEvent('CreateUser', { ago: 120 }));
  return pipeline;
}

describe('a user is blocked by the first block method that has room', () => {
  it.each([
    ['the managed policy', {}, {}, 'managed-policy', { policies: [POLICY] }],
    [
      'the deny group, where the managed policies are full',
      fullPolicies,
      {},
      'deny-group',
      { groups: ['ForceMFA'] },
    ],
    [
      'a boundary, where the groups are full too',
      fullGroups,
      {},
      'boundary',
      { boundary: BOUNDARY },
    ],
    [
      'an inline deny, where there is a boundary too and the deployment opts in',
      bounded,
      { inlineDeny: true },
      'inline-policy',
      { boundary: OWN_BOUNDARY, inline: { ForceMFA: forceMfaInline('aws', 'console') } },
    ],
  ] as const)('%s', async (_, user, settings, method, after) => {
    const { iam, events } = await block(user, settings);
    expect(events.outcomes).toMatchObject([{ kind: 'user-blocked', method }]);
    expect(iam.user('dana')).toMatchObject({ ...user, ...after });
  });

  it('passes the boundary over where the deployment does not allow it', async () => {
    const { iam, events } = await block(fullGroups, { boundaryDeny: false, inlineDeny: true });
    expect(events.outcomes).toMatchObject([{ kind: 'user-blocked', method: 'inline-policy' }]);
    expect(iam.writes).toEqual(['PutUserPolicy']);
  });

  it('is asked of the account’s own quotas, not of AWS’s defaults', async () => {
    const pipeline = testPipeline({}, { policyQuota: 20 });
    pipeline.iam.put('dana', fullPolicies);
    await handle(pipeline, iamEvent('CreateUser'));
    expect(pipeline.events.outcomes).toMatchObject([{ method: 'managed-policy' }]);
  });

  it('goes on to the next block method if IAM reports a full quota although the reading showed room', async () => {
    const pipeline = testPipeline({}, { policyQuota: 3 });
    pipeline.iam.put('dana', { policies: TEN.slice(0, 2) });
    const { send } = pipeline.iam;
    pipeline.iam.send = async (command: object) => {
      // A person attaches another policy between the reading and the block.
      if (command.constructor.name === 'AttachUserPolicyCommand') {
        pipeline.iam.put('dana', { policies: TEN.slice(0, 3) });
      }
      return send.call(pipeline.iam, command);
    };
    await handle(pipeline, iamEvent('CreateUser'));
    expect(pipeline.events.outcomes).toMatchObject([
      { kind: 'user-blocked', method: 'deny-group' },
    ]);
  });

  it('goes on where the deny group is gone', async () => {
    const pipeline = allowing();
    pipeline.iam.put('dana', fullPolicies);
    pipeline.iam.groupExists = false;
    await handle(pipeline, iamEvent('CreateUser', { ago: 120 }));
    expect(pipeline.events.outcomes).toMatchObject([{ kind: 'user-blocked', method: 'boundary' }]);
  });

  it('goes on where the boundary policy is gone', async () => {
    const pipeline = allowing({ inlineDeny: true });
    pipeline.iam.put('dana', fullGroups);
    pipeline.iam.failNext('PutUserPermissionsBoundary', noSuchEntity);
    await handle(pipeline, iamEvent('CreateUser', { ago: 120 }));
    expect(pipeline.events.outcomes).toMatchObject([
      { kind: 'user-blocked', method: 'inline-policy' },
    ]);
  });

  it('counts users blocked by the other block methods against the block limit', async () => {
    const pipeline = testPipeline({ blockLimit: 3 });
    const users = Array.from({ length: 6 }, (_, index) => `user-${index}`);
    for (const user of users) pipeline.iam.put(user, fullPolicies);
    for (const user of users) await handle(pipeline, iamEvent('CreateUser', { user }));
    expect(
      users.filter((user) => pipeline.iam.user(user)?.groups.includes('ForceMFA')),
    ).toHaveLength(3);
    expect(pipeline.events.outcomes.filter(({ kind }) => kind === 'breaker-open')).toHaveLength(3);
  });

  it('does not go down the block methods where IAM denies: the deny may be meant', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.iam.failNext('AttachUserPolicy', accessDenied);
    await handle(pipeline, iamEvent('CreateUser'));
    expect(pipeline.iam.writes).toEqual(['AttachUserPolicy']);
    expect(pipeline.events.outcomes).toMatchObject([{ kind: 'could-not-enforce' }]);
  });
});

describe('where no block method has room', () => {
  it('it is reported, with the reason for each block method, and the next user is not delayed', async () => {
    const pipeline = allowing();
    pipeline.iam.put('dana', bounded);
    pipeline.iam.put('erin');
    const answer = await handle(
      pipeline,
      iamEvent('CreateUser'),
      iamEvent('CreateUser', { user: 'erin' }),
    );
    expect(answer).toEqual(['fulfilled', 'fulfilled']);
    const failure = pipeline.events.outcomes.find(({ kind }) => kind === 'could-not-enforce');
    expect(failure).toMatchObject({
      user: 'dana',
      why: {
        code: 'no-room',
        text:
          '10 managed policies: the account’s quota is reached (detach one); ' +
          '10 groups: the quota is reached; ' +
          `the permissions boundary ${OWN_BOUNDARY} is already set; ` +
          'the deployment does not allow an inline policy (InlineDeny)',
      },
    });
    expect(pipeline.iam.user('dana')).toMatchObject(bounded);
    expect(pipeline.iam.isBlocked('erin')).toBe(true);
  });

  it('also where the inline policies are full', async () => {
    const { events } = await block({ ...bounded, inline: { own: 1_900 } }, { inlineDeny: true });
    expect(events.outcomes).toMatchObject([
      {
        kind: 'could-not-enforce',
        why: { text: expect.stringContaining('inline-policy: Maximum policy size') },
      },
    ]);
  });

  it('every sweep tries again, until there is room', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', bounded);
    for (const night of ['first', 'second']) {
      expect((await sweepAll(pipeline, night)).finished).toMatchObject({ differences: 1 });
      await handle(pipeline, pipeline.sqs.sent.shift()?.body ?? '');
    }
    expect(pipeline.events.outcomes.map(({ kind }) => kind)).toEqual([
      'could-not-enforce',
      'could-not-enforce',
    ]);
    pipeline.iam.put('dana', { groups: GROUPS.slice(1) });
    await sweepAll(pipeline, 'third');
    await handle(pipeline, pipeline.sqs.sent.shift()?.body ?? '');
    expect(pipeline.events.outcomes.at(-1)).toMatchObject({
      kind: 'user-blocked',
      method: 'deny-group',
    });
  });
});

describe('an unblock', () => {
  const own = { policies: TEN, groups: ['own'], boundary: OWN_BOUNDARY, inline: { own: 10 } };

  it.each([
    ['the managed policy', { policies: [...TEN, POLICY] }, ['managed-policy']],
    ['the deny group', { groups: ['own', 'ForceMFA'] }, ['deny-group']],
    ['the boundary', { boundary: BOUNDARY }, ['boundary']],
    [
      'the inline deny',
      { inline: { own: 10, ForceMFA: forceMfaInline('aws', 'console') } },
      ['inline-policy'],
    ],
    [
      'all of them',
      { policies: [...TEN, POLICY], groups: ['own', 'ForceMFA'], boundary: BOUNDARY },
      ['managed-policy', 'deny-group', 'boundary'],
    ],
  ] as const)('takes away %s, and nothing of the user’s own', async (_, blocked, methods) => {
    const pipeline = testPipeline({ inlineDeny: true });
    pipeline.iam.put('dana', { ...own, ...blocked, devices: [PHONE] });
    const enrolled = iamEvent('EnableMFADevice', { parameters: { serialNumber: PHONE } });
    expect(await handle(pipeline, enrolled)).toEqual(['fulfilled']);
    expect(pipeline.events.outcomes).toMatchObject([{ kind: 'user-unblocked', methods }]);
    const boundary = 'boundary' in blocked ? null : OWN_BOUNDARY;
    expect(pipeline.iam.user('dana')).toMatchObject({ ...own, boundary, devices: [PHONE] });
  });

  it.each([
    ['the deny group', { groups: ['ForceMFA'] }, ['managed-policy', 'deny-group']],
    ['our boundary', { boundary: BOUNDARY }, ['managed-policy', 'boundary']],
    [
      'our inline deny',
      { inline: { ForceMFA: forceMfaInline('aws', 'console') } },
      ['managed-policy', 'inline-policy'],
    ],
  ] as const)(
    'by an event looks at every block method, also far below the quota: ForceMFA and %s',
    async (_, other, methods) => {
      const pipeline = testPipeline();
      pipeline.iam.put('dana', { policies: [POLICY], devices: [PHONE], ...other });
      await handle(pipeline, iamEvent('EnableMFADevice', { parameters: { serialNumber: PHONE } }));
      expect(pipeline.events.outcomes).toMatchObject([{ kind: 'user-unblocked', methods }]);
      expect(pipeline.iam.isBlocked('dana')).toBe(false);
    },
  );

  it.each([
    ['is refused', accessDenied, ['could-not-enforce'], 'fulfilled', ['deny-group']],
    ['fails', throttled, [], 'Rate exceeded', ['managed-policy', 'deny-group']],
  ] as const)(
    'whose second block method %s is published as an unblock once that is done',
    async (_, error, outcomes, answer, methods) => {
      const pipeline = testPipeline();
      pipeline.iam.put('dana', { policies: [POLICY], groups: ['ForceMFA'], devices: [PHONE] });
      pipeline.iam.failNext('RemoveUserFromGroup', error);
      const body = iamEvent('EnableMFADevice', { parameters: { serialNumber: PHONE } });
      expect(await handle(pipeline, body)).toEqual([answer]);
      expect(pipeline.events.outcomes.map(({ kind }) => kind)).toEqual(outcomes);
      expect(await handle(pipeline, sweepRequest('dana', true))).toEqual(['fulfilled']);
      expect(pipeline.events.outcomes.slice(outcomes.length)).toMatchObject([
        { kind: 'user-unblocked', methods },
      ]);
    },
  );

  it('that is refused half way names what is left', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { policies: [POLICY], groups: ['ForceMFA'], devices: [PHONE] });
    pipeline.iam.failNext('RemoveUserFromGroup', accessDenied);
    await handle(pipeline, iamEvent('EnableMFADevice', { parameters: { serialNumber: PHONE } }));
    const text = expect.stringMatching(
      / Removed: managed-policy\. Still blocked by: deny-group\.$/,
    ) as string;
    expect(pipeline.events.outcomes).toMatchObject([{ why: { code: 'AccessDenied', text } }]);
  });

  it('of a user below the quota by now is found by the sweep, which reads every block method', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { groups: ['ForceMFA'], devices: [PHONE] });
    expect((await sweepAll(pipeline)).finished).toMatchObject({
      differences: 1,
      differing: [{ action: 'unblock' }],
    });
    await handle(pipeline, pipeline.sqs.sent[0]?.body ?? '');
    expect(pipeline.iam.user('dana')?.groups).toEqual([]);
  });

  it('that fails half way is finished at the next try', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', {
      policies: [...TEN, POLICY],
      groups: ['ForceMFA'],
      devices: [PHONE],
    });
    pipeline.iam.failNext('RemoveUserFromGroup', throttled);
    const body = sweepRequest('dana');
    expect(await handle(pipeline, body)).toEqual(['Rate exceeded']);
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
    expect(pipeline.iam.user('dana')).toMatchObject({ policies: TEN, groups: [] });
  });
});

describe('a user blocked by another block method', () => {
  it.each([
    ['deny group', { ...fullPolicies, groups: ['ForceMFA'] }],
    ['boundary', { ...fullGroups, boundary: BOUNDARY }],
  ])('is left as is: %s', async (_, user) => {
    const { iam, events } = await block(user);
    expect(iam.writes).toEqual([]);
    expect(events.outcomes).toEqual([]);
  });

  it.each([
    [
      'taken out of the deny group',
      'RemoveUserFromGroup',
      { groupName: 'ForceMFA' },
      fullPolicies,
      'deny-group',
    ],
    ['stripped of the boundary', 'DeleteUserPermissionsBoundary', {}, fullGroups, 'boundary'],
    [
      'given another boundary',
      'PutUserPermissionsBoundary',
      { permissionsBoundary: OWN_BOUNDARY },
      { ...fullPolicies, boundary: OWN_BOUNDARY },
      'deny-group',
    ],
    [
      'stripped of the inline deny',
      'DeleteUserPolicy',
      { policyName: 'ForceMFA' },
      bounded,
      'inline-policy',
    ],
  ])('and %s is blocked again', async (_, eventName, parameters, user, method) => {
    const pipeline = allowing({ inlineDeny: true });
    pipeline.iam.put('dana', user);
    await handle(pipeline, iamEvent(eventName, { parameters, ago: 120 }));
    expect(pipeline.events.outcomes).toMatchObject([{ kind: 'user-blocked', method }]);
  });

  it('though below the quota: an event on that block method has every block method looked at', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { groups: ['ForceMFA'], devices: [PHONE] });
    await handle(pipeline, iamEvent('AddUserToGroup', { parameters: { groupName: 'ForceMFA' } }));
    expect(pipeline.events.outcomes).toMatchObject([
      { kind: 'user-unblocked', methods: ['deny-group'] },
    ]);
  });

  it('waits where IAM still shows the group that was left', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { ...fullPolicies, groups: ['ForceMFA'] });
    await handle(
      pipeline,
      iamEvent('RemoveUserFromGroup', { parameters: { groupName: 'ForceMFA' } }),
    );
    expect(pipeline.sqs.sent).toHaveLength(1);
  });
});

describe('an inline policy with our name', () => {
  it.each([true, false])(
    'that is not our deny blocks no user (InlineDeny %s)',
    async (inlineDeny) => {
      const pipeline = testPipeline({ inlineDeny });
      pipeline.iam.put('dana', { inline: { ForceMFA: { Version: '2012-10-17', Statement: [] } } });
      const { finished } = await sweepAll(pipeline);
      expect(finished).toMatchObject({ differences: 1, totals: { blocked: 0, unprotected: 1 } });
      await handle(pipeline, pipeline.sqs.sent[0]?.body ?? '');
      expect(pipeline.iam.isBlocked('dana')).toBe(true);
    },
  );

  it('that is not ours is neither overwritten nor deleted', async () => {
    const own = { ForceMFA: { Version: '2012-10-17', Statement: [] } };
    const { iam, events } = await block({ ...bounded, inline: own }, { inlineDeny: true });
    expect(iam.user('dana')?.inline).toEqual(own);
    expect(events.outcomes).toMatchObject([
      { why: { text: expect.stringContaining('is not the enforcer’s') } },
    ]);
  });

  it('that is our deny is taken away even where the deployment no longer allows the block method', async () => {
    const pipeline = testPipeline({ inlineDeny: false });
    pipeline.iam.put('dana', {
      inline: { ForceMFA: forceMfaInline('aws', 'console') },
      devices: [PHONE],
    });
    await sweepAll(pipeline);
    await handle(pipeline, pipeline.sqs.sent[0]?.body ?? '');
    expect(pipeline.iam.user('dana')?.inline).toEqual({});
  });
});

describe('a block that finds no room', () => {
  it('gives its result back', async () => {
    const pipeline = testPipeline({ blockLimit: 2 });
    for (const user of ['a', 'b', 'c']) {
      pipeline.iam.put(user, bounded);
      await handle(pipeline, iamEvent('CreateUser', { user }));
    }
    pipeline.iam.put('dana');
    await handle(pipeline, iamEvent('CreateUser'));
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
  });
});

describe('the calls of one event', () => {
  const calls = async (eventName: string, user: Partial<MemoryUser>, parameters = {}) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', user);
    await handle(pipeline, iamEvent(eventName, { parameters }));
    // The alias is read once in the life of a function's copy.
    return pipeline.iam.calls
      .map(({ action }) => action)
      .filter((action) => action !== 'ListAccountAliases');
  };

  it('are few', async () => {
    expect(await calls('EnableMFADevice', { devices: [PHONE] }, { serialNumber: PHONE })).toEqual([
      'ListMFADevices',
      'ListAttachedUserPolicies',
    ]);
    const team = [{ key: 'team', value: 'x' }];
    const exempt = { tags: { userType: 'Service', team: 'x' } };
    expect(await calls('TagUser', exempt, { tags: team })).toEqual([
      'ListMFADevices',
      'GetUser',
      'ListAttachedUserPolicies',
    ]);
    const tags = [{ key: 'userType', value: 'Service' }];
    expect(await calls('CreateUser', { tags: { userType: 'Service' } }, { tags })).toEqual([
      'GetUser',
      'ListAttachedUserPolicies',
    ]);
    // The exemption is news, and whether the user can sign in belongs to it.
    expect(await calls('TagUser', { tags: { userType: 'Service' } }, { tags })).toEqual([
      'GetUser',
      'ListAttachedUserPolicies',
      'GetLoginProfile',
    ]);
    expect(await calls('CreateUser', { policies: [POLICY] })).toHaveLength(3);
    expect(await calls('CreateUser', {})).toEqual([
      'GetUser',
      'ListMFADevices',
      'ListAttachedUserPolicies',
      'ListEntitiesForPolicy',
      'GetGroup',
      'ListEntitiesForPolicy',
      'GetAccountSummary',
      'AttachUserPolicy',
    ]);
  });
});
