import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  forceMfaBoundary,
  forceMfaInline,
  forceMfaPolicy,
  type PolicyDocument,
} from '../domain/rules/force-mfa.ts';
import { partitionNames } from '../domain/rules/partition.ts';
import { jsonText } from '../render/report/json.ts';
import { commandSettings } from '../runtime/config.ts';
import { withAccountOptions } from './options.ts';
import { NO_ACCOUNT, type ScpOptions, scp, scpNames } from './scp.ts';
import { type Run, statuses, type Terminal } from './terminal.ts';

interface PolicyOptions extends ScpOptions {
  readonly form: 'managed' | 'boundary' | 'inline';
}

/** Adds `policy`. Only --scp calls AWS, for the deployment's settings. */
export function addPolicy(program: Command, terminal: Terminal, run: Run): void {
  const command = program
    .command('policy')
    .description(
      'Print a policy document as it is deployed, or an SCP for the organization, as JSON',
    )
    .addOption(
      new Option('--partition <partition>', 'AWS partition (default: aws)').choices(partitionNames),
    )
    .addOption(
      new Option(
        '--form <form>',
        'managed: ForceMFA itself; boundary, inline: the other block methods',
      )
        .choices(['managed', 'boundary', 'inline'])
        .default('managed'),
    )
    .addOption(
      new Option(
        '--scp [name]',
        'print a service control policy with the deployment’s settings: force-mfa (default) denies what ForceMFA denies; ' +
          'protect-enforcer protects the enforcer',
      )
        .choices(scpNames)
        .conflicts('form'),
    )
    .addOption(
      new Option(
        '--admin <principal>',
        'for protect-enforcer: who may change the enforcer, as in role/SecurityAdmin; may be repeated',
      )
        .argParser((value: string, before: readonly string[]) => [...before, principalOf(value)])
        .default([], 'nobody'),
    )
    .addOption(
      new Option(
        '--part <number>',
        'print this part of an SCP that does not fit into one',
      ).argParser(partOf),
    )
    .option('--json', 'accepted for consistency; the output is always JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  mfa-enforcer policy --partition aws-us-gov > force-mfa.json\n' +
        '  mfa-enforcer policy --scp > scp.json\n' +
        '  mfa-enforcer policy --scp protect-enforcer --admin role/SecurityAdmin > scp.json',
    );
  withAccountOptions(command);
  command.action((options: PolicyOptions) =>
    run(async () => {
      const isScp = options.scp !== undefined;
      terminal.out(isScp ? await scp(terminal, options) : jsonText(deployedDocument(options)));
      return statuses.clean;
    }),
  );
}

function deployedDocument({ form, partition = 'aws', ...options }: PolicyOptions): PolicyDocument {
  const { enrolWith } = commandSettings(options, null, { account: NO_ACCOUNT, partition });
  const documents = {
    managed: forceMfaPolicy,
    boundary: forceMfaBoundary,
    inline: forceMfaInline,
  };
  return documents[form](partition, enrolWith);
}

/** A principal of an ARN, where "*" and "?" have IAM's meaning. */
function principalOf(value: string): string {
  if (/^(role|user)\/[\w+=,.@*?/-]+$/.test(value)) return value;
  throw new InvalidArgumentError('Must be a role or a user, as in role/SecurityAdmin.');
}

function partOf(value: string): number {
  if (/^[1-9]$/.test(value)) return Number(value);
  throw new InvalidArgumentError('Must be a number from 1 to 9.');
}
