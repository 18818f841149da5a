import { expect, it } from 'vitest';
import { byPlace } from '../../../../functions/domain/accounts/chosen-accounts.ts';

const place = (path: string) => {
  const ou = path.split('/');
  return { name: ou.pop() ?? '', ou };
};

it('lists an account before the units beside it, units and accounts in alphabetical order', () => {
  const sorted = [
    'hub',
    'Zoo',
    'Apps/shop',
    'Apps/Zebra',
    'Apps/Dev/alpha',
    'Apps/Dev/beta',
    'Apps/Prod/alpha',
    'Öffentlich/web',
    'Workloads/a',
    'Workloads/Prod/a',
  ];
  const backwards = sorted.toReversed().map(place);
  expect(backwards.toSorted(byPlace)).toEqual(sorted.map(place));
  expect(sorted.map(place).toSorted(byPlace)).toEqual(sorted.map(place));
});

it.each([
  ['Apps/a', 'Apps/a', 0],
  ['b', 'Apps/a', -1],
  ['Apps/a', 'b', 1],
  ['Apps/z', 'Apps/Dev/a', -1],
  ['Apps/Dev/a', 'Apps/z', 1],
  ['Apps/a', 'Dev/a', -1],
  ['Dev/a', 'Apps/b', 1],
  ['Apps/Dev/b', 'Apps/Prod/a', -1],
])('%s beside %s', (a, b, order) => {
  expect(Math.sign(byPlace(place(a), place(b)))).toBe(order);
});
