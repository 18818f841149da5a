import { lastSweepId } from '../../../events/last-sweep.ts';
import { getEntry } from '../../io/dynamodb.ts';
import { countOf } from '../../render/report/text.ts';
import { readLastSweepFor } from '../sweep/stored-sweep.ts';
import type { Deployment, DeploymentContext } from './deployment-context.ts';
import { aws } from './fixes.ts';
import { broken, type Finding, orWell } from './run-check.ts';

const HOUR_MS = 60 * 60 * 1000;
// An older release has no such parameter: it swept daily.
const DAILY_HOURS = '26';

/** The nightly sweep, which finds what no event told of, has finished lately. */
export async function checkLastSweep(
  context: DeploymentContext,
  { facts }: Deployment,
): Promise<Finding[]> {
  const { account, now, clients } = context;
  const within = context.sweepWithinHours ?? overdueHours(facts);
  const idOf = (id: string) => facts.resources.get(id)?.physicalId ?? '';
  const sweep = idOf('NightlySweepLambdaFunction');
  const fix = [
    'Are its schedule (SweepScheduleRule) and SweepsFailed well? See its log, and start it by hand:',
    aws(context, 'logs', `tail /aws/lambda/${sweep} --since 2d`),
    aws(context, 'lambda', `invoke --function-name ${sweep} --invocation-type Event /dev/null`),
  ];
  const table = idOf('StateTable');
  const entry = table === '' ? null : await getEntry(clients.dynamo, table, lastSweepId(account));
  if (entry === null) {
    return [broken('last sweep', 'no sweep has ever finished', ...fix)];
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
      broken(
        'last sweep',
        `the last sweep ${when}, but could not do all of its parts: ${parts}`,
        ...fix,
      ),
    ];
  }
  const { users, blocked, unprotected } = totals;
  const well = `${when}, in Mode ${mode}: ${countOf(users, 'user')}, ${blocked} blocked, ${unprotected} unprotected`;
  return orWell('last sweep', [], well);
}

/** As SweepMissingAlarm has it, so that the two say the same. */
function overdueHours({ parameters }: Deployment['facts']): number {
  return Number(parameters.SweepOverdueHours ?? DAILY_HOURS);
}

function ago(hours: number): string {
  if (hours < 1) return `${Math.max(0, Math.floor(hours * 60))} min ago`;
  return hours < 48 ? `${Math.floor(hours)} h ago` : `${Math.floor(hours / 24)} days ago`;
}
