import { describe, expect, it } from 'vitest';
import { stateKeys } from '../../../events/state-keys.ts';
import { deployedHub, HUB, ORGANIZATION, roleOf } from '../../fakes/deployed.ts';
import { actionsOf } from './evaluator.ts';
import { mayDo, rolesWithTable } from './state-table.ts';

/** An example of each kind of entry. */
const entries = {
  actionLog: stateKeys.actionLog(HUB, 'dana'),
  deletionPause: stateKeys.deletionPause(HUB, 'dana'),
  breaker: stateKeys.breaker(HUB),
  lastSweep: stateKeys.lastSweep(HUB),
  unswept: stateKeys.unswept(HUB),
  accountName: stateKeys.accountName(HUB),
  sent: stateKeys.sent('enforce', 'user-blocked/1'),
  lastNotification: stateKeys.lastNotification(`breaker-open/${HUB}`),
  sendLock: stateKeys.sendLock(),
} satisfies Record<Kind, string>;

type Kind = keyof typeof stateKeys;
const kinds = Object.keys(entries) as Kind[];
const actions: Kind[] = ['actionLog', 'deletionPause', 'breaker'];
const sweeps: Kind[] = ['lastSweep', 'unswept', 'accountName'];
const slack: Kind[] = ['sent', 'lastNotification', 'sendLock'];

/** Of each role: which kinds of entry it may read one by one, read many at once, and write. */
const expected: Readonly<Record<string, readonly [Kind[], Kind[], Kind[]]>> = {
  OnIamChangeRole: [[...actions, 'accountName'], [], actions],
  NightlySweepRole: [sweeps, sweeps, sweeps],
  NotifySlackRole: [slack, [], slack],
  ReportRole: [[], ['lastSweep'], []],
};

describe('a stolen role and the state table, judged by an independent evaluator', () => {
  it.each(rolesWithTable)('reads and writes its own kinds of entry only: %s', async (roleId) => {
    const allowed: Kind[][] = [];
    for (const action of ['GetItem', 'BatchGetItem', 'PutItem']) {
      const verdicts = await Promise.all(
        kinds.map((kind) => mayDo(roleId, action, [entries[kind]])),
      );
      allowed.push(kinds.filter((_, index) => verdicts[index] === 'allowed'));
    }
    expect(allowed).toEqual(expected[roleId]);
  });

  it.each(rolesWithTable)('reads no entry of another kind beside its own: %s', async (roleId) => {
    const [, batch = []] = expected[roleId] ?? [];
    const others = kinds.filter((kind) => !batch.includes(kind));
    for (const other of others) {
      const ids = [...batch, other].map((kind) => entries[kind]);
      expect(await mayDo(roleId, 'BatchGetItem', ids), other).not.toBe('allowed');
    }
  });

  // ForAllValues is true where a call has no keys at all, as Scan: so no role may have such an action.
  it.each(rolesWithTable)('has no other call of DynamoDB, keys or none: %s', async (roleId) => {
    for (const { action } of await actionsOf('dynamodb')) {
      const name = action.replace('dynamodb:', '');
      if (['GetItem', 'BatchGetItem', 'PutItem'].includes(name)) continue;
      for (const ids of [null, Object.values(entries)]) {
        // An action is asked only of resources that it takes.
        const verdict = await mayDo(roleId, name, ids).catch(() => 'not granted');
        expect(verdict, action).not.toBe('allowed');
      }
    }
  });
});

it('every role that reaches the table is tried', () => {
  const hub = deployedHub({ OrganizationId: ORGANIZATION });
  const reaching = (policies: unknown) => JSON.stringify(policies).includes('"dynamodb:');
  const roles = hub.idsOf('AWS::IAM::Role').filter((id) => reaching(roleOf(hub, id).Policies));
  expect(roles.toSorted()).toEqual(rolesWithTable.toSorted());
  const added = hub
    .idsOf('AWS::IAM::RolePolicy')
    .filter((id) => reaching(hub.propertiesOf(id).PolicyDocument));
  expect(added).toEqual(['NightlySweepOrganization']);
});
