import { monitorReport } from '../../../functions/pipeline/report/account-report.ts';
import { iamClient } from '../../../functions/runtime/clients.ts';
import { reportDeps } from '../../fakes/report-deps.ts';
import { settingsOfBench } from '../settings.ts';
import { measured } from './measured.ts';

// The readings of `report --format prtg`.
await measured(async () => {
  const { users } = await monitorReport(iamClient(), settingsOfBench, reportDeps(new Date()));
  return users.filter((one) => one.hasPassword && one.state !== 'exempt').map(({ name }) => name);
});
