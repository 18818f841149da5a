import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const index = readFileSync('docs/README.md', 'utf8');
const pages = readdirSync('docs').filter((file) => file.endsWith('.md') && file !== 'README.md');

/** The items of the month in docs/scale.md, in USD, for 1,000 accounts. */
const items = [
  ...readFileSync('docs/scale.md', 'utf8').matchAll(/^\| ([^|]+) \|[^|]*\| ([\d.]+) \|$/gm),
].map(([, name = '', price = '']) => ({ name, price: Number(price) }));
/** These cost the same for any number of accounts. */
const fixed = ['empty polls', 'alarms', 'metrics', 'dashboard'];
const isFixed = (name: string) => fixed.some((one) => name.startsWith(one));
const sum = (some: typeof items) => some.reduce((total, { price }) => total + price, 0);

describe('docs/README.md', () => {
  it.each(pages)('links to every page: %s', (page) => {
    expect(index).toContain(`](${page})`);
  });

  it.each([1, 10, 1000])('has the cost of %i accounts that docs/scale.md has', (accounts) => {
    expect(items.filter(({ name }) => isFixed(name)).length).toBe(fixed.length);
    const cost =
      sum(items.filter(({ name }) => isFixed(name))) +
      (sum(items.filter(({ name }) => !isFixed(name))) * accounts) / 1000;
    const row = new RegExp(`^\\| ${accounts.toLocaleString('en')} \\| ([\\d.]+) \\|$`, 'm');
    const stated = Number(row.exec(index)?.[1]);
    expect(Math.abs(stated - cost)).toBeLessThan(0.3);
  });
});
