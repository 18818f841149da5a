import { monitorReport } from '../../../functions/pipeline/report/account-report.ts';
import { iamClient } from '../../../functions/runtime/clients.ts';
import { reportDeps } from '../../fakes/report-deps.ts';
import { settingsOfBench } from '../settings.ts';
import { measured } from './measured.ts';

/** Measures the readings of `report --format prtg`, with `--max-age` or, for null, without. */
export async function monitored(maxAgeMs: number | null): Promise<void> {
  await measured(async () => {
    const deps = reportDeps(new Date(), { maxAgeMs });
    const { users } = await monitorReport(iamClient(), settingsOfBench, deps);
    return users.filter((one) => one.hasPassword && one.state !== 'exempt').map(({ name }) => name);
  });
}
