import type { StoredDormant } from '../../../events/last-sweep.ts';
import type { FailedPart } from '../../../events/outcome.ts';
import type { SweepRequest } from '../../../events/requests.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import {
  dormantUsers,
  type SweepReport,
  sweepReport,
} from '../../domain/accounts/credential-report.ts';
import { REMEMBERED_MS, rememberedNights } from '../../domain/review/dormant-users.ts';
import { getEntry, putEntry } from '../../io/dynamodb.ts';
import {
  type CredentialReport,
  generateCredentialReport,
  getCredentialReport,
} from '../../io/iam-account.ts';
import { sendMessage } from '../../io/sqs.ts';
import { readDormant } from '../stored-dormant.ts';
import type { SweepDeps } from './sweep-deps.ts';

/** Ten minutes in all. IAM makes a report within seconds, in large accounts within a minute. */
const WAITS_SECONDS = [10, 20, 30, 60, 120, 180, 180];

/**
 * Has IAM make the credential report before a sweep reads users. Until it is ready the sweep's message goes back to the queue,
 * so that no function waits. Without the report the sweep goes on.
 * @returns whether the message went back
 * @throws if the queue refuses the message
 */
export async function waitForReport(deps: SweepDeps, request: SweepRequest): Promise<boolean> {
  const { reportWaits = 0, account, sweepId } = request;
  const delay = WAITS_SECONDS[reportWaits];
  if (request.progress !== undefined || delay === undefined) return false;
  try {
    if (await generateCredentialReport(deps.iam)) return false;
  } catch (error) {
    deps.log.warn('IAM makes no credential report', { account, error: error as Error });
    return false;
  }
  deps.log.info('sweep waits for the credential report', { account, sweepId, seconds: delay });
  const waiting: SweepRequest = { ...request, reportWaits: reportWaits + 1 };
  await sendMessage(deps.sqs, deps.sweepsQueueUrl, JSON.stringify(waiting), delay);
  return true;
}

/** Takes the error of a part of the sweep that failed alone. */
type OnFailed = (part: FailedPart['part'], error: unknown) => void;

/**
 * Reads the credential report for one run of a sweep.
 * @param run when the sweep began, and whether this is its first run, which also stores who is dormant
 * @param onFailed called where the report cannot be read, or what it says of dormant users not be stored
 * @returns null without a report: the sweep reads users one by one
 */
export async function readReport(
  deps: SweepDeps,
  { startedAt, isFirst }: { readonly startedAt: string; readonly isFirst: boolean },
  onFailed: OnFailed,
): Promise<SweepReport | null> {
  try {
    const report = await getCredentialReport(deps.iam);
    if (report === null) throw new Error('IAM has not finished the credential report');
    const read = sweepReport(report, startedAt);
    if (!read.isFresh) {
      const generatedAt = report.generatedAt.toISOString();
      deps.log.info('the credential report is older than the sweep', { generatedAt });
    }
    if (isFirst) {
      await rememberDormant(deps, report).catch((error) => onFailed('dormant-users', error));
    }
    return read;
  } catch (error) {
    deps.log.warn('no credential report: users are read one by one', { error: error as Error });
    onFailed('credential-report', error);
    return null;
  }
}

/**
 * Stores who is dormant, for the enrolment rules. The report covers all users of the account.
 * @throws the error of the state table
 */
async function rememberDormant(
  { dynamo, stateTable, settings, log, now }: SweepDeps,
  { csv, generatedAt }: CredentialReport,
): Promise<void> {
  const { account } = settings;
  const id = stateKeys.dormant(account);
  const before = readDormant(await getEntry(dynamo, stateTable, id), account, now(), log);
  const users = dormantUsers(csv, generatedAt);
  const { nights, dropped } = rememberedNights(before, {
    seenAt: generatedAt.toISOString(),
    users,
  });
  if (dropped > 0) log.warn('there is no room to remember all dormant users', { account, dropped });
  if (nights.length === 0 && before.length === 0) return;
  const record: StoredDormant = { schema: 'mfa-enforcer/dormant-users/1', account, nights };
  const expires = new Date(now().getTime() + REMEMBERED_MS);
  await putEntry(dynamo, stateTable, id, JSON.stringify(record), expires);
}
