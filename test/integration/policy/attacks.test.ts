import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judge, kindsOf } from '../../attack/judge.ts';
import { PAGE, pageWith } from '../../attack/page.ts';
import { againstUs, stratus } from '../../attack/techniques.ts';

describe('an attack', () => {
  it.each([...stratus, ...againstUs])('$name: $result', async (technique) => {
    const { kinds, rules, allowedToBlocked } = await judge(technique);
    if (technique.result === 'out of scope') expect(rules).toEqual([]);
    else expect(kindsOf[technique.result].some((kind) => kinds.has(kind))).toBe(true);
    // Signing in must stay possible.
    expect(allowedToBlocked.filter((action) => !action.startsWith('signin:'))).toEqual([]);
  });

  it('is a row of docs/attacks.md, as it is judged now (npm run attack -- --write)', async () => {
    const page = readFileSync(PAGE, 'utf8');
    expect(page).toBe(await pageWith(page));
    expect(page.match(/^\| /gm)?.length).toBe(stratus.length + againstUs.length + 2);
  }, 60_000);
});
