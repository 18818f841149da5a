import { expect, it } from 'vitest';
import { declared } from './declared.ts';
import { actionsOf, statementsOf } from './template.ts';

// What the commands need in a spoke only: its read role has it.
const IN_SPOKES = ['iam:ListRoleTags'];

// Three bundles are made.
it('the role of the reports may do exactly what the commands on an organization declare', async () => {
  const commands = ['report', 'plan', 'explain'].map((name) => `functions/commands/${name}.ts`);
  const needs = new Set((await Promise.all(commands.map(declared))).flat());
  for (const action of IN_SPOKES) expect(needs.delete(action), action).toBe(true);
  const granted = statementsOf('ReportRole').flatMap(actionsOf);
  expect(granted.toSorted()).toEqual([...needs].toSorted());
}, 60_000);
