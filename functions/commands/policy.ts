import { type Command, Option } from 'commander';
import { forceMfaBoundary, forceMfaInline, forceMfaPolicy } from '../domain/rules/force-mfa.ts';
import { partitionNames } from '../domain/rules/partition.ts';
import type { Settings } from '../domain/rules/settings.ts';
import { jsonText } from '../render/report/json.ts';
import type { Terminal } from './terminal.ts';

interface PolicyOptions extends Pick<Settings, 'enrolWith'> {
  readonly partition: string;
  readonly form: 'managed' | 'boundary' | 'inline';
}

/** Adds `policy`. It makes no AWS call. */
export function addPolicy(program: Command, terminal: Terminal): void {
  program
    .command('policy')
    .description('Print a policy document as it is deployed, as JSON')
    .addOption(
      new Option('--partition <partition>', 'AWS partition').choices(partitionNames).default('aws'),
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
      new Option('--enrol-with <what>', 'what a blocked user may enrol with')
        .choices(['console', 'console-and-keys'])
        .default('console'),
    )
    .option('--json', 'accepted for consistency; the output is always JSON')
    .addHelpText(
      'after',
      '\nExample:\n  mfa-enforcer policy --partition aws-us-gov > force-mfa.json',
    )
    .action(({ partition, form, enrolWith }: PolicyOptions) => {
      const documents = {
        managed: forceMfaPolicy(partition, enrolWith),
        boundary: forceMfaBoundary(partition, enrolWith),
        inline: forceMfaInline(partition, enrolWith),
      };
      terminal.out(jsonText(documents[form]));
    });
}
