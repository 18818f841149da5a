import { expect } from 'vitest';

/** A file of test/unit/render/golden/, as seen from a test of this folder. `npx vitest -u` writes it anew. */
export async function expectGolden(text: string, file: string): Promise<void> {
  await expect(text).toMatchFileSnapshot(`../golden/${file}`);
}
