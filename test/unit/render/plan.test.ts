import { expect, it } from 'vitest';
import type { Plan, PlannedBlock } from '../../../events/plan.ts';
import { planText } from '../../../functions/render/report/plan.ts';
import { plannedBlock, planOf } from '../../fakes/plan.ts';
import { SETTINGS_LINE, SOURCES } from '../../fakes/report.ts';
import { POLICY } from '../../fakes/settings.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;
const unused = 'No access key that was used in the last 90 days would stop working.';
const inUse = (keys: string) =>
  `${keys} in use would stop working. If a service uses such a key, tag its user as exempt first.`;

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
  ['no change is needed', {}, ['No changes needed.', SETTINGS_LINE]],
  [
    'the policy is not deployed',
    { policyDeployed: false },
    [
      `${POLICY} does not exist: no user can be blocked until it is deployed.`,
      '',
      'No changes needed.',
      SETTINGS_LINE,
    ],
  ],
  [
    'users get mails',
    {
      blocks: [
        { ...dana, email: 'dana@example.com' },
        { ...erin, email: null },
      ],
      unblocks: [{ ...olga, email: 'olga@example.com' }],
    },
    [
      '2 users would be blocked:',
      `  dana: ${WHY}`,
      '      mail to dana@example.com',
      `  erin: ${WHY}`,
      '      no mail: no address',
      '',
      '1 user would be unblocked:',
      '  olga: 1 MFA device (GAHT1)',
      '      mail to olga@example.com',
      '',
      unused,
      '2 users would get a mail, 1 user would not: without an address in the tag (NotifyTag) or as the name (NotifyDomains).',
      SETTINGS_LINE,
    ],
  ],
  [
    'one user gets a mail',
    { unblocks: [{ ...olga, email: 'olga@example.com' }] },
    [
      '1 user would be unblocked:',
      '  olga: 1 MFA device (GAHT1)',
      '      mail to olga@example.com',
      '',
      '1 user would get a mail.',
      SETTINGS_LINE,
    ],
  ],
  [
    'the policy is not deployed, and a user has no MFA',
    { policyDeployed: false, blocks: [dana] },
    [
      `${POLICY} does not exist: no user can be blocked until it is deployed.`,
      '',
      '1 user without MFA should be blocked:',
      `  dana: ${WHY}`,
      '',
      unused,
      SETTINGS_LINE,
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
      '2 users would be blocked:',
      `  dana: ${WHY}`,
      '    ! The user has access keys but no console password and cannot enrol alone: an administrator can assign a device, a tag can exempt the user, or --enrol-with console-and-keys lets the keys enrol.',
      '      key AKIA1: never used',
      `  erin: ${WHY}`,
      '',
      unused,
      SETTINGS_LINE,
    ],
  ],
  [
    'other credentials would stop, and some could not be read',
    {
      blocks: [
        plannedBlock({
          accessKeys: [key('AKIA1', null)],
          otherCredentials: [
            {
              kind: 'service-credential',
              id: 'ACCA1',
              name: 'Amazon Bedrock API key',
              block: 'stops-it',
            },
            {
              kind: 'service-credential',
              id: 'ACCA2',
              name: 'credentials for new.amazonaws.com',
              block: 'not-known',
            },
            {
              kind: 'signing-certificate',
              id: null,
              name: 'signing certificate 1',
              block: 'stops-it',
            },
          ],
        }),
      ],
      sources: {
        credentialReport: SOURCES.credentialReport,
        serviceCredentials: { status: 'read' },
        sshKeys: {
          status: 'not-read',
          problem: { code: 'denied', text: 'AWS denied iam:ListSSHPublicKeys' },
        },
      },
      notes: [{ code: 'get-caller-identity', text: 'A block does not stop this.' }],
    },
    [
      '1 user would be blocked:',
      `  dana: ${WHY}`,
      '      key AKIA1: never used',
      '      Amazon Bedrock API key ACCA1: would stop working',
      '      credentials for new.amazonaws.com ACCA2: not known whether it would stop working',
      '      signing certificate 1: would stop working',
      '',
      unused,
      'Not read: SSH keys (AWS denied iam:ListSSHPublicKeys).',
      'A block does not stop this.',
      SETTINGS_LINE,
    ],
  ],
  [
    'a user could not enrol',
    {
      blocks: [
        plannedBlock({
          accessKeys: [],
          enrolmentProblem: { code: 'boundary-denies-enrolling', text: 'cannot enrol: why' },
        }),
      ],
    },
    [
      '1 user would be blocked:',
      `  dana: ${WHY}`,
      '    ! The user cannot enrol: why.',
      '',
      unused,
      SETTINGS_LINE,
    ],
  ],
  [
    'users that AWS consoles created would be blocked',
    {
      blocks: ['BedrockAPIKey-x1', 'ses-smtp-user.20260301'].map((user) =>
        plannedBlock({ user, accessKeys: [] }),
      ),
    },
    [
      '2 users would be blocked:',
      `  BedrockAPIKey-x1: ${WHY}`,
      "    ! The Amazon Bedrock console creates users with such names: its API key would stop working. Exempt the user by a tag, or such names by --exempt-users 'BedrockAPIKey-*' (docs/faq.md).",
      `  ses-smtp-user.20260301: ${WHY}`,
      "    ! The Amazon SES console creates users with such names: its mail would stop working. Exempt the user by a tag, or such names by --exempt-users 'ses-smtp-user.*' (docs/faq.md).",
      '',
      unused,
      SETTINGS_LINE,
    ],
  ],
  [
    'two users would be blocked, and one unblocked',
    { blocks: [dana, erin], unblocks: [olga] },
    [
      '2 users would be blocked:',
      `  dana: ${WHY}`,
      `  erin: ${WHY}`,
      '',
      '1 user would be unblocked:',
      '  olga: 1 MFA device (GAHT1)',
      '',
      unused,
      SETTINGS_LINE,
    ],
  ],
  [
    'one user would be unblocked',
    { unblocks: [olga] },
    ['1 user would be unblocked:', '  olga: 1 MFA device (GAHT1)', '', SETTINGS_LINE],
  ],
  [
    'the limit leaves no room for all',
    { blocks: [dana, erin], beyondLimit: { limit: 1, users: 1 } },
    [
      '2 users without MFA should be blocked; 1 would be, because the block limit is 1 user (--block-limit):',
      `  dana: ${WHY}`,
      `  erin: ${WHY}`,
      '',
      unused,
      SETTINGS_LINE,
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
      '2 users would be blocked:',
      `  dana: ${WHY}`,
      '    ! key AKIA1: last used today (2026-03-01) for s3 in eu-central-1',
      '    ! key AKIA2: last used 1 day ago (2026-02-28) for s3 in eu-central-1',
      '    ! key AKIA3: last used 89 days ago (2025-12-01) for s3 in eu-central-1',
      `  erin: ${WHY}`,
      '      key AKIA4: last used 90 days ago (2025-12-01) for s3 in eu-central-1',
      '      key AKIA5: never used',
      '',
      inUse('3 access keys'),
      SETTINGS_LINE,
    ],
  ],
  [
    'one key would stop',
    { blocks: [plannedBlock()] },
    [
      '1 user would be blocked:',
      `  dana: ${WHY}`,
      '    ! key AKIAEXAMPLE1: last used 2 days ago (2026-02-27) for s3 in eu-central-1',
      '',
      inUse('1 access key'),
      SETTINGS_LINE,
    ],
  ],
])('a plan shows that %s', (_, plan, lines) => {
  expect(planText(planOf(plan), NOW).split('\n')).toEqual([...lines, '']);
});
