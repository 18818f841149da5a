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

/**
 * Reads the state of every user of the account, passwords and devices included. Writes nothing.
 * @param onUser is called for each user that was read
 * @returns the report, users in alphabetical order
 * @throws whatever a failed read throws: a report that misses somebody is none
 */
export async function accountReport(
  iam: IAMClient,
  settings: Settings,
  now: Date,
  onUser?: () => void,
): Promise<Report> {
  return reportOf(iam, settings, now, onUser, async (known) => {
    // The bulk reading has virtual devices only: a report lists hardware and FIDO devices as well.
    const read = await listMfaDevices(iam, known.user);
    if (read === null) return null;
    const password = await hasPassword(iam, known.user);
    return readUser(iam, settings, { ...known, devices: read.devices, password }, now);
  });
}

/**
 * The report as a monitor needs it: the same totals and findings, and of the users only those without MFA. Whoever has
 * a virtual device costs no call.
 * @param onUser is called for each user that was read
 * @throws whatever a failed read throws
 */
export async function monitorReport(
  iam: IAMClient,
  settings: Settings,
  now: Date,
  onUser?: () => void,
): Promise<Report> {
  const report = await reportOf(iam, settings, now, onUser, async (known) => {
    const { devices } = known.devices ? known : ((await listMfaDevices(iam, known.user)) ?? {});
    if (devices === undefined) return null;
    // Who is protected is not listed, so that a password that was not read is not shown as none.
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
): Promise<Report> {
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
