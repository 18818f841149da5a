import { expect, it } from 'vitest';
import { problemLines } from '../../../../functions/render/report/text.ts';
import { accountNotRead } from '../../../fakes/organization-report.ts';

it('a reason why several accounts could not be read is given once, and each account is named', () => {
  const denied = { code: 'denied', text: 'AWS denied sts:AssumeRole' };
  const expired = { code: 'expired', text: 'the session has\nexpired' };
  const accounts = [
    accountNotRead('payments', '222233334444', { problem: expired }),
    accountNotRead('audit', '333344445555', { problem: denied }),
    accountNotRead('web', '444455556666', { problem: expired }),
  ];
  expect(problemLines(accounts)).toEqual([
    '  2 accounts: the session has expired',
    '    payments (222233334444)',
    '    web (444455556666)',
    '  audit (333344445555): AWS denied sts:AssumeRole',
  ]);
});
