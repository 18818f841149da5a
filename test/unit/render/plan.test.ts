import { expect, it } from 'vitest';
import type { Plan, PlannedBlock } from '../../../events/plan.ts';
import { planText } from '../../../functions/render/report/plan.ts';
import { plannedBlock, planOf } from '../../fakes/plan.ts';
import { POLICY } from '../../fakes/settings.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;
const decided =
  'Decided by scope all-users, unblock on-enrolment, exempt tags userType:Service, block limit auto: say the same as the deployment.';
const unused = 'No access key that was used in the last 90 days would stop working.';
const inUse = (keys: string) =>
  `${keys} in use would stop working once they are blocked. If a service uses it, tag its user as exempt first.`;

const key = (id: string, daysAgo: number | null): PlannedBlock['accessKeys'][number] => {
  const used = daysAgo !== null;
  return {
    id,
    lastUsedAt: used ? new Date(NOW.getTime() - daysAgo * DAY_MS).toISOString() : null,
    service: used ? 's3' : null,
    region: used ? 'eu-central-1' : null,
  };
};
const dana = plannedBlock({ accessKeys: [] });
const erin = plannedBlock({ user: 'erin', accessKeys: [] });
const WHY = 'no MFA device, no exemption';
const olga = {
  user: 'olga',
  methods: ['managed-policy' as const],
  reasons: [{ code: 'has-mfa', text: '1 MFA device (GAHT1)' }],
};

it.each<[string, Partial<Plan>, string[]]>([
  ['nothing is to be done', {}, ['Nothing to do: everyone is as they should be.']],
  [
    'the policy is not deployed',
    { policyDeployed: false },
    [
      `${POLICY} does not exist: nobody can be blocked until it is deployed.`,
      '',
      'Nothing to do: everyone is as they should be.',
    ],
  ],
  [
    'the policy is not deployed, and somebody has no MFA',
    { policyDeployed: false, blocks: [dana] },
    [
      `${POLICY} does not exist: nobody can be blocked until it is deployed.`,
      '',
      '1 user without MFA should be blocked:',
      `  dana: ${WHY}`,
      '',
      unused,
      decided,
    ],
  ],
  [
    'users who cannot enrol by themselves would be blocked',
    {
      blocks: [
        plannedBlock({ canEnrol: false, accessKeys: [key('AKIA1', null)] }),
        plannedBlock({ user: 'erin', canEnrol: false, accessKeys: [] }),
      ],
    },
    [
      '2 would be blocked until MFA is set up:',
      `  dana: ${WHY}`,
      '    ! has access keys and no console password, so it cannot enrol by itself: an administrator enrols it, a tag exempts it, or --enrol-with console-and-keys lets its keys enrol.',
      '      key AKIA1: never used',
      `  erin: ${WHY}`,
      '',
      unused,
      decided,
    ],
  ],
  [
    'users whom consoles of AWS made would be blocked',
    {
      blocks: ['BedrockAPIKey-x1', 'ses-smtp-user.20260301'].map((user) =>
        plannedBlock({ user, accessKeys: [] }),
      ),
    },
    [
      '2 would be blocked until MFA is set up:',
      `  BedrockAPIKey-x1: ${WHY}`,
      "    ! named as the console of Amazon Bedrock names users: its API key would stop. Exempt it by a tag, or such names by --exempt-users 'BedrockAPIKey-*' (docs/faq.md).",
      `  ses-smtp-user.20260301: ${WHY}`,
      "    ! named as the console of Amazon SES names users: its mail would stop. Exempt it by a tag, or such names by --exempt-users 'ses-smtp-user.*' (docs/faq.md).",
      '',
      unused,
      decided,
    ],
  ],
  [
    'somebody would be blocked, and somebody unblocked',
    { blocks: [dana, erin], unblocks: [olga] },
    [
      '2 would be blocked until MFA is set up:',
      `  dana: ${WHY}`,
      `  erin: ${WHY}`,
      '',
      '1 would be unblocked:',
      '  olga: 1 MFA device (GAHT1)',
      '',
      unused,
      decided,
    ],
  ],
  [
    'somebody would be unblocked',
    { unblocks: [olga] },
    ['1 would be unblocked:', '  olga: 1 MFA device (GAHT1)', '', decided],
  ],
  [
    'the limit leaves no room for all',
    { blocks: [dana, erin], beyondLimit: { limit: 1, users: 1 } },
    [
      '2 users without MFA should be blocked; 1 would be, as the limit is 1 user (--block-limit):',
      `  dana: ${WHY}`,
      `  erin: ${WHY}`,
      '',
      unused,
      decided,
    ],
  ],
  [
    'keys would stop',
    {
      blocks: [
        plannedBlock({ accessKeys: [key('AKIA1', 0), key('AKIA2', 1), key('AKIA3', 89.9)] }),
        plannedBlock({ user: 'erin', accessKeys: [key('AKIA4', 90), key('AKIA5', null)] }),
      ],
    },
    [
      '2 would be blocked until MFA is set up:',
      `  dana: ${WHY}`,
      '    ! key AKIA1: last used today (2026-03-01) for s3 in eu-central-1',
      '    ! key AKIA2: last used 1 day ago (2026-02-28) for s3 in eu-central-1',
      '    ! key AKIA3: last used 89 days ago (2025-12-01) for s3 in eu-central-1',
      `  erin: ${WHY}`,
      '      key AKIA4: last used 90 days ago (2025-12-01) for s3 in eu-central-1',
      '      key AKIA5: never used',
      '',
      inUse('3 access keys'),
      decided,
    ],
  ],
  [
    'one key would stop',
    { blocks: [plannedBlock()] },
    [
      '1 would be blocked until MFA is set up:',
      `  dana: ${WHY}`,
      '    ! key AKIAEXAMPLE1: last used 2 days ago (2026-02-27) for s3 in eu-central-1',
      '',
      inUse('1 access key'),
      decided,
    ],
  ],
])('a plan says that %s', (_, plan, lines) => {
  expect(planText(planOf(plan), NOW).split('\n')).toEqual([...lines, '']);
});
