import type { IAMClient } from '@aws-sdk/client-iam';
import type { SweepTotals } from '../../../events/outcome.ts';
import type { Report, ReportedUser } from '../../../events/report.ts';
import { partitionOfArn } from '../../domain/rules/blocking-policies.ts';
import { partitionNamed, partitions } from '../../domain/rules/partition.ts';
import { formatSettings, type Settings } from '../../domain/rules/settings.ts';
import { addToTotals, noTotals, stateOf } from '../../domain/rules/totals.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import { getAccountAlias, getAccountSummary } from '../../io/iam-account.ts';
import { hasPassword, listMfaDevices } from '../../io/iam-user.ts';
import { listUsers } from '../list-users.ts';
import { readUser, type UserRead } from '../review/read-user.ts';

/** A report without the origin of its settings, which only the command knows. */
export type AccountReport = Omit<Report, 'settingsFrom'>;

/**
 * Reads the state of every user of the account, with passwords and devices. It writes nothing.
 * @param onUser called after each user
 * @returns the report, users in alphabetical order
 * @throws the error of a failed read, because a report must be complete
 */
export async function accountReport(
  iam: IAMClient,
  settings: Settings,
  now: Date,
  onUser?: () => void,
): Promise<AccountReport> {
  return reportOf(iam, settings, now, onUser, async (known) => {
    // The bulk reading lists only virtual devices. A report lists hardware and FIDO devices, too.
    const read = await listMfaDevices(iam, known.user);
    if (read === null) return null;
    const password = await hasPassword(iam, known.user);
    return readUser(iam, settings, { ...known, devices: read.devices, password }, now);
  });
}

/**
 * The report for a monitor: the same totals and findings, but only the users without an MFA device. A user with a virtual
 * device needs no call.
 * @param onUser called after each user
 * @throws the error of a failed read
 */
export async function monitorReport(
  iam: IAMClient,
  settings: Settings,
  now: Date,
  onUser?: () => void,
): Promise<AccountReport> {
  const report = await reportOf(iam, settings, now, onUser, async (known) => {
    const { devices } = known.devices ? known : ((await listMfaDevices(iam, known.user)) ?? {});
    if (devices === undefined) return null;
    // Protected users are not listed, so a password that was not read is not shown as missing.
    const password = devices.length > 0 ? undefined : await hasPassword(iam, known.user);
    const facts = { ...known, devices, ...(password === undefined ? {} : { password }) };
    return readUser(iam, settings, facts, now);
  });
  return { ...report, users: report.users.filter(({ devices }) => devices.length === 0) };
}

function rootSignsIn({ policyArn }: Settings): boolean {
  return partitions[partitionNamed(partitionOfArn(policyArn))].rootSignsIn;
}

async function reportOf(
  iam: IAMClient,
  settings: Settings,
  now: Date,
  onUser: (() => void) | undefined,
  look: (known: UserFacts) => Promise<UserRead | null>,
): Promise<AccountReport> {
  const [alias, { rootHasMfa }] = await Promise.all([getAccountAlias(iam), getAccountSummary(iam)]);
  const users: ReportedUser[] = [];
  let totals: SweepTotals = noTotals;
  for await (const { facts, decision } of listUsers(iam, settings, look)) {
    onUser?.();
    totals = addToTotals(totals, decision);
    users.push({
      name: facts.user,
      arn: facts.profile?.arn ?? '',
      state: stateOf(decision),
      reasons: [...decision.reasons],
      hasPassword: facts.password === true,
      devices: [...(facts.devices ?? [])],
      createdAt: facts.profile?.createdAt?.toISOString() ?? null,
      blocked: decision.blocked,
    });
  }
  users.sort((a, b) => a.name.localeCompare(b.name, 'en'));
  const { account } = settings;
  return {
    schema: 'mfa-enforcer/report/1',
    account,
    alias,
    at: now.toISOString(),
    decidedBy: formatSettings(settings),
    totals,
    rootMfa: rootSignsIn(settings) ? rootHasMfa : null,
    users,
  };
}
