import type { Plan, PlannedBlock } from '../../events/plan.ts';
import { DECIDED_BY, SETTINGS_FROM } from './report.ts';
import { ACCOUNT, POLICY } from './settings.ts';

/** A user who would be blocked, with a key that is in use. */
export function plannedBlock(change: Partial<PlannedBlock> = {}): PlannedBlock {
  return {
    user: 'dana',
    reasons: [
      { code: 'no-mfa', text: 'no MFA device' },
      { code: 'not-exempt', text: 'no exemption' },
    ],
    canEnrol: true,
    accessKeys: [
      {
        id: 'AKIAEXAMPLE1',
        lastUsedAt: '2026-02-27T12:00:00.000Z',
        service: 's3',
        region: 'eu-central-1',
      },
    ],
    enrolmentProblem: null,
    otherCredentials: [],
    ...change,
  };
}

/** A plan of an account that needs no change, with a test's changes. */
export function planOf(change: Partial<Plan> = {}): Plan {
  return {
    schema: 'mfa-enforcer/plan/1',
    account: ACCOUNT,
    at: '2026-03-01T12:00:00.000Z',
    decidedBy: DECIDED_BY,
    settingsFrom: SETTINGS_FROM,
    policyArn: POLICY,
    policyDeployed: true,
    blocks: [],
    unblocks: [],
    beyondLimit: { limit: 10, users: 0 },
    sources: null,
    notes: [],
    ...change,
  };
}
