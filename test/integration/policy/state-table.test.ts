import { describe, expect, it } from 'vitest';
import { stateKeys } from '../../../events/state-keys.ts';
import { deployedHub, HUB, ORGANIZATION, roleOf } from '../../fakes/deployed.ts';
import { actionsOf } from './evaluator.ts';
import { mayDo, rolesWithTable } from './state-table.ts';

/** An example of each kind of entry. */
const entries = {
  actionLog: stateKeys.actionLog(HUB, 'dana'),
  deletionPause: stateKeys.deletionPause(HUB, 'dana'),
  accessHistory: stateKeys.accessHistory(HUB, 'dana'),
  removals: stateKeys.removals(HUB, 'dana'),
  breaker: stateKeys.breaker(HUB),
  lastSweep: stateKeys.lastSweep(HUB),
  unswept: stateKeys.unswept(HUB),
  dormant: stateKeys.dormant(HUB),
  orphans: stateKeys.orphans(HUB),
  accountName: stateKeys.accountName(HUB),
  sent: stateKeys.sent('enforce', 'user-blocked/1'),
  lastNotification: stateKeys.lastNotification(`breaker-open/${HUB}`),
  probe: stateKeys.probe(HUB),
  proof: stateKeys.proof(HUB),
  path: stateKeys.path(HUB),
  accountGrace: stateKeys.accountGrace(HUB),
  userGrace: stateKeys.userGrace(HUB, 'AIDAEXAMPLE'),
  slackSendLock: stateKeys.slackSendLock(),
  mail: stateKeys.mail(HUB, 'blocked', 'dana'),
  mailSendLock: stateKeys.mailSendLock(),
} satisfies Record<Kind, string>;

type Kind = keyof typeof stateKeys;
const kinds = Object.keys(entries) as Kind[];
const actions: Kind[] = ['actionLog', 'deletionPause', 'accessHistory', 'removals', 'breaker'];
const sweeps: Kind[] = ['lastSweep', 'unswept', 'dormant', 'orphans', 'accountName'];
const paths: Kind[] = ['probe', 'proof', 'path'];
const slack: Kind[] = ['sent', 'lastNotification', 'slackSendLock'];
const graces: Kind[] = ['accountGrace', 'userGrace'];
const mails: Kind[] = ['mail', 'mailSendLock'];

/** The kinds of entry that each role may read one by one, read in batches, and write. */
const expected: Readonly<Record<string, readonly [Kind[], Kind[], Kind[]]>> = {
  OnIamChangeRole: [
    [...actions, 'dormant', 'accountName', 'probe', 'proof', ...graces],
    [],
    [...actions, 'proof', ...graces],
  ],
  NightlySweepRole: [
    [...sweeps, ...paths, ...graces],
    [...sweeps, ...paths, ...graces],
    [...sweeps, 'probe', 'path', ...graces],
  ],
  NotifySlackRole: [slack, [], slack],
  NotifyUserRole: [mails, [], mails],
  ReportRole: [
    [],
    ['actionLog', 'deletionPause', 'accessHistory', 'removals', 'lastSweep', ...paths, ...graces],
    [],
  ],
};

describe('a stolen role and the state table, judged by an independent evaluator', () => {
  it.each(rolesWithTable)('reads and writes only its own kinds of entry: %s', async (roleId) => {
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

  // ForAllValues is true for a call without keys, as Scan. Therefore no role may have such an action.
  it.each(rolesWithTable)(
    'makes no other call of DynamoDB, with or without keys: %s',
    async (roleId) => {
      for (const { action } of await actionsOf('dynamodb')) {
        const name = action.replace('dynamodb:', '');
        if (['GetItem', 'BatchGetItem', 'PutItem'].includes(name)) continue;
        for (const ids of [null, Object.values(entries)]) {
          // The evaluator accepts an action only with its own resource types.
          const verdict = await mayDo(roleId, name, ids).catch(() => 'not granted');
          expect(verdict, action).not.toBe('allowed');
        }
      }
    },
  );
});

it('the tests above try every role that can reach the table', () => {
  const hub = deployedHub({ OrganizationId: ORGANIZATION });
  const reaching = (policies: unknown) => JSON.stringify(policies).includes('"dynamodb:');
  const roles = hub.idsOf('AWS::IAM::Role').filter((id) => reaching(roleOf(hub, id).Policies));
  expect(roles.toSorted()).toEqual(rolesWithTable.toSorted());
  const added = hub
    .idsOf('AWS::IAM::RolePolicy')
    .filter((id) => reaching(hub.propertiesOf(id).PolicyDocument));
  expect(added).toEqual(['NightlySweepOrganization']);
});
