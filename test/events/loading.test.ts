import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

// A contract that zod refuses fails where it is loaded: no test that imports it would be run at all.
const contracts = readdirSync('events').filter((name) => name.endsWith('.ts'));

it.each(contracts)('%s can be loaded', async (name) => {
  expect(Object.keys(await import(`../../events/${name}`)).length).toBeGreaterThanOrEqual(0);
});
