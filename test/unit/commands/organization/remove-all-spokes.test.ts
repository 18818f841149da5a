import { describe, expect, it } from 'vitest';
import type { Unswept } from '../../../../events/last-sweep.ts';
import { stateKeys } from '../../../../events/state-keys.ts';
import { removeAllSpokes } from '../../../../functions/commands/organization/remove-all-spokes.ts';
import { Refused, type Terminal } from '../../../../functions/commands/terminal.ts';
import { parametersByName } from '../../../../functions/io/cloudformation.ts';
import { HUB } from '../../../fakes/deployed.ts';
import {
  anOrganization,
  contextIn,
  hubStack,
  ROOT,
  sayTo,
  sweptMemory,
} from '../../../fakes/organization-command.ts';
import { terminalOf } from '../../../fakes/shell.ts';
import type { FakeOrganization } from '../../../fakes/stack-sets.ts';

const [ANNA, BEN, BILLING, SHOP, STOCK, MANAGEMENT] = [
  '222200000001',
  '222200000002',
  '333300000001',
  '333300000002',
  '333300000003',
  '999988887777',
];
const none = { [ANNA]: 0, [BEN]: 0, [BILLING]: 0, [SHOP]: 0, [STOCK]: 0 };

interface Scenario {
  /** Users that were blocked last night, by account; a missing account was never swept. */
  readonly before?: Readonly<Record<string, number>>;
  /** What each sweep finds; the last one goes on. */
  readonly sweeps?: readonly Readonly<Record<string, number>>[];
  /** Accounts that no sweep can read. */
  readonly unswept?: readonly string[];
  readonly prepare?: (fake: FakeOrganization) => void;
  readonly change?: Partial<Terminal>;
  readonly dryRun?: boolean;
}

async function removal({
  before = none,
  sweeps = [none],
  unswept = [],
  prepare,
  change,
  dryRun,
}: Scenario) {
  const fake = anOrganization();
  await sayTo(fake, ['deploy', '--ou', ROOT, '--mode', 'observe']);
  fake.written.length = 0;
  prepare?.(fake);
  const dynamo = sweptMemory(before);
  fake.onInvoke = (count) => {
    const found = sweeps[Math.min(count, sweeps.length) - 1] ?? {};
    const swept = Object.entries(found).filter(([account]) => !unswept.includes(account));
    sweptMemory(Object.fromEntries(swept), dynamo, `sweep-${count}`);
    for (const account of unswept) {
      const record: Unswept = {
        schema: 'mfa-enforcer/unswept/1',
        account,
        sweepId: `sweep-${count}`,
        startedAt: `2026-12-01T12:0${count}:00Z`,
        at: `2026-12-01T12:0${count}:01Z`,
        why: { code: 'role-not-assumable', text: 'its role does not exist' },
      };
      const id = stateKeys.unswept(account);
      dynamo.items.set(id, { id: { S: id }, body: { S: JSON.stringify(record) } });
    }
  };
  const { terminal, out } = terminalOf(change);
  const context = contextIn(fake, terminal, dynamo);
  const options = { yes: change?.ask === undefined, ...(dryRun ? { dryRun } : {}) };
  const result = await removeAllSpokes(context, options).catch((error: unknown) => {
    if (error instanceof Refused) return [error.message, ...error.todo].join('\n');
    throw error;
  });
  return { fake, result, out: out.join('').replaceAll(/\s+/g, ' ') };
}

const parametersOf = ({ stack }: FakeOrganization) =>
  parametersByName((stack as { Parameters: [] }).Parameters);

describe('the removal of all spokes', () => {
  it('has the hub unblock everyone first, whatever last night’s sweep found', async () => {
    const { fake, result } = await removal({ sweeps: [{ ...none, [ANNA]: 1 }, none] });
    expect(result).toBe(0);
    expect(fake.invocations).toEqual(Array(2).fill('iam-mfa-enforcer-prod-nightly-sweep'));
    expect(parametersOf(fake)).toEqual({
      ...parametersByName((hubStack() as { Parameters: [] }).Parameters),
      Mode: 'enforce',
      Scope: 'no-users',
      Unblock: 'on-enrolment',
    });
    const order = ['ExecuteChangeSet', 'Invoke', 'DeleteStackInstances', 'DeleteStackSet'];
    expect([...new Set(fake.written.filter((name) => order.includes(name)))]).toEqual(order);
    expect({ set: fake.set, instances: fake.instances }).toEqual({ set: null, instances: [] });
  });

  it('sweeps again until no user is left', async () => {
    const blocked = { ...none, [ANNA]: 2, [STOCK]: 1 };
    const { fake, result } = await removal({ sweeps: [blocked, blocked, none] });
    expect(result).toBe(0);
    expect(fake.invocations).toHaveLength(3);
  });

  it('includes an account whose spoke is not in the stack set, and names it at the end', async () => {
    const withManagement = { ...none, [MANAGEMENT]: 1 };
    const { result, out, fake } = await removal({
      before: withManagement,
      sweeps: [withManagement, { ...none, [MANAGEMENT]: 0 }],
    });
    expect(result).toBe(0);
    expect(out).toContain('spokes 6 accounts, with 1 blocked at their last sweeps');
    expect(out).toContain(`${MANAGEMENT} its spoke is not part of mfa-enforcer-spoke`);
    expect(fake.set).toBeNull();
  });

  const stopping: readonly [why: string, scenario: Scenario, says: string, sweeps: number][] = [
    [
      'users stay blocked, as in an account that observes',
      { sweeps: [{ ...none, [ANNA]: 2, [BEN]: 1 }] },
      `${ANNA}: 2 users are still blocked\n  ${BEN}: 1 user is still blocked`,
      5,
    ],
    [
      'an account cannot be swept, after the others were',
      { sweeps: [{ ...none, [BEN]: 1 }, none], unswept: [ANNA] },
      `${ANNA}: it could not be swept: its role does not exist`,
      2,
    ],
    [
      'a sweep does not finish',
      { sweeps: [{ [BEN]: 0, [BILLING]: 0, [SHOP]: 0, [STOCK]: 0 }] },
      `${ANNA}: its sweep did not finish in 30 minutes`,
      2,
    ],
  ];
  it.each(stopping)('deletes nothing where %s', async (_, scenario, says, sweeps) => {
    const { fake, result } = await removal(scenario);
    expect(result).toContain('so nothing was deleted.');
    expect(result).toContain(says);
    expect(result).toContain('organization remove --all --although-blocked');
    expect(fake.invocations).toHaveLength(sweeps);
    expect(fake.instances).toHaveLength(5);
  });

  it('changes nothing where a hub in DELETE_FAILED still has spokes', async () => {
    const prepare = (fake: FakeOrganization) => {
      fake.stack = { ...hubStack(), StackStatus: 'DELETE_FAILED' };
    };
    const { fake, result } = await removal({ prepare });
    expect(result).toContain('a stack in DELETE_FAILED cannot be changed to unblock its users');
    expect(fake.written).toEqual([]);
  });

  it('changes nothing without an answer, or in a dry run', async () => {
    const no = await removal({ change: { ask: async () => false } });
    expect(no.result).toBe(1);
    const dry = await removal({ before: { ...none, [BEN]: 3 }, dryRun: true });
    expect(dry.result).toBe(0);
    expect(dry.out).toContain(`${BEN} 3 blocked`);
    expect([...no.fake.written, ...dry.fake.written]).toEqual([]);
  });

  it('is done where there is no spoke', async () => {
    const fake = anOrganization();
    const { terminal } = terminalOf();
    expect(await removeAllSpokes(contextIn(fake, terminal, sweptMemory({ [HUB]: 1 })), {})).toBe(0);
    expect(fake.written).toEqual([]);
  });
});
