import { describe, expect, it } from 'vitest';
import {
  chosenAccounts,
  NotInOrganization,
} from '../../../../functions/domain/accounts/chosen-accounts.ts';

const all = [
  { id: '1', active: true, units: [] },
  { id: '2', active: true, units: ['ou-work', 'ou-prod'] },
  { id: '3', active: false, units: ['ou-work', 'ou-dev'] },
  { id: '4', active: true, units: ['ou-work'] },
];
const nothing = { accounts: [], units: [], activeOnly: false };

describe('the accounts that are read', () => {
  it.each([
    ['all, where nothing is said', {}, ['1', '2', '3', '4']],
    ['those named', { accounts: ['3', '1'] }, ['1', '3']],
    ['those below a unit, however deep', { units: ['ou-work'] }, ['2', '3', '4']],
    ['those of either', { accounts: ['1'], units: ['ou-prod'] }, ['1', '2']],
    ['without those that take no calls, where that is said', { activeOnly: true }, ['1', '2', '4']],
  ])('are %s', (_, choice, ids) => {
    const chosen = chosenAccounts(all, { ...nothing, ...choice });
    expect(chosen.map(({ id }) => id)).toEqual(ids);
  });

  it.each([
    ['an account that there is not', { accounts: ['1', '9'] }, 'There is no account 9'],
    [
      'a unit that there is not',
      { units: ['ou-work', 'ou-other'] },
      'No account of the organization is in ou-other',
    ],
    [
      'what takes no calls',
      { accounts: ['3'], activeOnly: true },
      'None of these accounts is active',
    ],
  ])('are never empty, which would look clean: %s', (_, choice, says) => {
    const choose = () => chosenAccounts(all, { ...nothing, ...choice });
    expect(choose).toThrow(NotInOrganization);
    expect(choose).toThrow(expect.objectContaining({ name: 'NotInOrganization' }));
    expect(choose).toThrow(says);
  });
});
