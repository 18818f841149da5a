import { Command } from 'commander';
import type * as z from 'zod';
import { withAccountOptions } from '../../functions/commands/options.ts';
import { flagOf, type TemplateParameter } from '../../functions/domain/deployment/parameters.ts';
import { environments } from '../../functions/runtime/config.ts';
import { codes, linked, table } from './markdown.ts';
import { readDeployment, readService, readTemplate } from './templates.ts';

type Parameters = Readonly<Record<string, TemplateParameter>>;

/** docs/configuration.md, from the templates' parameters and the functions' configuration. */
export function configurationText(): string {
  const { Parameters, Metadata } = readDeployment();
  const groups = Metadata['AWS::CloudFormation::Interface'].ParameterGroups;
  return `# Configuration

\`npm run docs\` writes this page from the parameters of the templates (\`infra/parameters.yml\`, \`infra/alarms.yml\`,
\`infra/spoke.yml\`) and from the functions' configuration (\`functions/runtime/config.ts\`). A test fails when it is stale.

## Parameters of a deployment

Each parameter is an option of \`mfa-enforcer deploy\`, and may be in its [settings file](install.md#settings-in-a-file). A
parameter that you do not name keeps its value. \`report\`, \`plan\`, \`sweep\`, \`explain\`, \`replay\` and \`rollback\` read the
parameters of the deployed stack, so that they decide as it does. Options marked with * override them there.

${groups.map(({ Label, Parameters: names }) => groupText(Label.default, pick(Parameters, names))).join('\n')}
## Parameters of a spoke

The stack that an organization's accounts have. \`mfa-enforcer organization deploy\` sets its parameters
([docs/organization.md](organization.md)).

${parameterTable(readTemplate('infra/spoke.yml').Parameters ?? {}, () => '')}
## Tags

| tag | on | what it does |
|---|---|---|
| one of \`ExemptTags\` | an IAM user | exempts the user |
| \`mfa-exempt-until\` | an exempt IAM user | ends the exemption ([docs/block-methods.md](block-methods.md#exemptions)) |
| \`mfa-enforcer:break-glass\` | an IAM user | puts the user out of the enforcer's reach ([docs/block-methods.md](block-methods.md#exemptions)) |
| \`slack\` | an IAM user | the Slack member to mention, with \`SlackMentions\` ([docs/slack.md](slack.md)) |
| \`email\`, or \`NotifyTag\` | an IAM user | the address that mails about the user go to, with \`NotifyUsers\` ([docs/mail.md](mail.md)) |

## Environment variables of the functions

The template sets them. A function refuses to start with an invalid value, and its log names each wrong variable.

${variableTable()}`;
}

function groupText(label: string, parameters: Parameters): string {
  const overriding = new Set(withAccountOptions(new Command()).options.map(({ long }) => long));
  const option = (name: string) => {
    const flag = flagOf(name);
    return `<br>\`${flag}\`${overriding.has(flag) ? '\\*' : ''}`;
  };
  return `### ${label}\n\n${parameterTable(parameters, option)}`;
}

function parameterTable(parameters: Parameters, option: (name: string) => string): string {
  return table(
    ['parameter', 'default', 'what it does'],
    Object.entries(parameters).map(([name, parameter]) => [
      `\`${name}\`${option(name)}`,
      defaultOf(parameter),
      `${linked(parameter.Description ?? '')} ${valuesOf(parameter)}`,
    ]),
  );
}

function defaultOf({ Default }: TemplateParameter): string {
  if (Default === undefined) return 'none';
  return Default === '' ? 'empty' : `\`${Default}\``;
}

/** "One of …", or the sentence that a wrong value gets. */
function valuesOf({ AllowedValues, ConstraintDescription }: TemplateParameter): string {
  if (AllowedValues !== undefined) return `One of ${codes(AllowedValues)}.`;
  if (ConstraintDescription === undefined) return '';
  return `${linked(ConstraintDescription.replace(/^m/, 'M'))}.`;
}

function pick(parameters: Parameters, names: readonly string[]): Parameters {
  return Object.fromEntries(
    names.map((name) => {
      const parameter = parameters[name];
      if (parameter === undefined) throw new Error(`no parameter ${name}`);
      return [name, parameter];
    }),
  );
}

/** Every variable that a function reads: from where it comes, and which functions read it. */
function variableTable(): string {
  const { provider, functions } = readService();
  const set: Readonly<Record<string, string>> = Object.assign(
    {},
    ...Object.values(functions).map(({ environment }) => environment),
    provider.environment,
  );
  const readers = new Map<string, string[]>();
  for (const [name, schema] of Object.entries(environments)) {
    for (const variable of Object.keys(schema.shape)) {
      readers.set(variable, [...(readers.get(variable) ?? []), name]);
    }
  }
  const parameters = Object.keys(readDeployment().Parameters);
  const shapes: Readonly<Record<string, z.ZodType>> = Object.assign(
    {},
    ...Object.values(environments).map(({ shape }) => shape),
  );
  return table(
    ['variable', 'set to', 'read by'],
    [...readers].map(([variable, names]) => [
      `\`${variable}\``,
      sourceOf(set[variable], parameters) ?? shapes[variable]?.description ?? '',
      names.length === Object.keys(environments).length ? 'all' : names.join(', '),
    ]),
  );
}

/** The parameter, or the resource or text, that the template sets a variable to; null where it does not set it. */
function sourceOf(value: string | undefined, parameters: readonly string[]): string | null {
  if (value === undefined) return null;
  const parameter = parameters.find((name) => value === name || value.includes(`\${${name}}`));
  if (parameter === value) return `the parameter \`${value}\``;
  return `\`${value}\``;
}
