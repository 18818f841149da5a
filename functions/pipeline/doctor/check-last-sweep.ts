import { stateKeys } from '../../../events/state-keys.ts';
import { getEntry } from '../../io/dynamodb.ts';
import { countOf } from '../../render/report/text.ts';
import { readLastSweepFor } from '../sweep/stored-sweep.ts';
import { broken, type Deployment, type DeploymentContext, type Finding, orWell } from './check.ts';
import { aws } from './fixes.ts';

const HOUR_MS = 60 * 60 * 1000;
// The default of the parameter SweepOverdueHours, for a stack without it.
const DAILY_HOURS = '26';

/** Checks that a nightly sweep has finished in time. A sweep finds the changes that no event reported. */
export async function checkLastSweep(
  context: DeploymentContext,
  { facts }: Deployment,
): Promise<Finding[]> {
  const { account, now, clients } = context;
  const within = context.sweepWithinHours ?? overdueHours(facts);
  const idOf = (id: string) => facts.resources.get(id)?.physicalId ?? '';
  const sweep = idOf('NightlySweepLambdaFunction');
  const fix = [
    'Check SweepScheduleRule and SweepsFailed, read the log, and start a sweep:',
    aws(context, 'logs', `tail /aws/lambda/${sweep} --since 2d`),
    aws(context, 'lambda', `invoke --function-name ${sweep} --invocation-type Event /dev/null`),
  ];
  const table = idOf('StateTable');
  const entry =
    table === '' ? null : await getEntry(clients.dynamo, table, stateKeys.lastSweep(account));
  if (entry === null) {
    return [broken('last sweep', 'no sweep has finished yet', ...fix)];
  }
  const last = readLastSweepFor(account, entry, now);
  if (last === null) {
    return [broken('last sweep', 'the record of the last sweep cannot be read', ...fix)];
  }
  const { finishedAt, mode, totals, failedParts } = last;
  const hours = (now.getTime() - Date.parse(finishedAt)) / HOUR_MS;
  const when = `finished ${finishedAt} (${ago(hours)})`;
  if (hours > within) {
    const message = `the last sweep ${when}, more than ${within} hours ago`;
    return [broken('last sweep', message, ...fix)];
  }
  if (failedParts.length > 0) {
    const parts = failedParts.map(({ part, why }) => `${part} (${why})`).join('; ');
    return [
      broken('last sweep', `the last sweep ${when}, but some parts failed: ${parts}`, ...fix),
    ];
  }
  const { users, blocked, unprotected } = totals;
  const well = `${when}, in Mode ${mode}: ${countOf(users, 'user')}, ${blocked} blocked, ${unprotected} unprotected`;
  return orWell('last sweep', [], well);
}

/** The limit of SweepMissingAlarm, so that both report the same. */
function overdueHours({ parameters }: Deployment['facts']): number {
  return Number(parameters.SweepOverdueHours ?? DAILY_HOURS);
}

function ago(hours: number): string {
  if (hours < 1) return `${Math.max(0, Math.floor(hours * 60))} min ago`;
  return hours < 48 ? `${Math.floor(hours)} h ago` : `${Math.floor(hours / 24)} days ago`;
}
