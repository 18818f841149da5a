import type { IAMClient } from '@aws-sdk/client-iam';
import type { SweepTotals } from '../../events/outcome.ts';
import type { Report, ReportedUser } from '../../events/report.ts';
import type { Settings } from '../domain/settings.ts';
import { settingsWords } from '../domain/settings-words.ts';
import { addToTotals, noTotals, stateOf } from '../domain/totals.ts';
import { getAccountAlias } from '../io/iam/get-account-alias.ts';
import { getAccountSummary } from '../io/iam/get-account-summary.ts';
import { hasPassword } from '../io/iam/has-password.ts';
import { listMfaDevices } from '../io/iam/list-mfa-devices.ts';
import { examine } from './examine.ts';
import { surveyUsers } from './survey.ts';

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
  onUser: () => void = () => undefined,
): Promise<Report> {
  const [alias, { rootHasMfa }] = await Promise.all([getAccountAlias(iam), getAccountSummary(iam)]);
  const users: ReportedUser[] = [];
  let totals: SweepTotals = noTotals;

  const everyone = surveyUsers(iam, settings, async (known) => {
    // The bulk reading has virtual devices only: a report lists hardware and FIDO devices as well.
    const devices = await listMfaDevices(iam, known.user);
    if (devices === null) return null;
    const password = await hasPassword(iam, known.user);
    return examine(iam, settings, { ...known, devices, password }, now);
  });
  for await (const { facts, decision } of everyone) {
    onUser();
    totals = addToTotals(totals, decision);
    users.push({
      name: facts.user,
      arn: facts.profile?.arn ?? '',
      state: stateOf(decision),
      reasons: [...decision.reasons],
      hasPassword: facts.password === true,
      devices: [...(facts.devices ?? [])],
      createdAt: facts.profile?.createdAt?.toISOString() ?? null,
      held: decision.held,
    });
  }
  users.sort((a, b) => a.name.localeCompare(b.name, 'en'));
  const { account } = settings;
  return {
    schema: 'mfa-enforcer/report/1',
    account,
    alias,
    at: now.toISOString(),
    decidedBy: settingsWords(settings),
    totals,
    rootMfa: rootHasMfa,
    users,
  };
}
