import { type Command, Option } from 'commander';
import { forceMfaBoundary, forceMfaInline, forceMfaPolicy } from '../domain/force-mfa.ts';
import { partitionNames } from '../domain/partition.ts';
import { jsonText } from '../render/json-text.ts';
import type { Shell } from './shell.ts';

/** Adds `policy`: it asks AWS nothing. */
export function addPolicy(program: Command, shell: Shell): void {
  program
    .command('policy')
    .description('print a policy document as it is deployed, as JSON')
    .addOption(
      new Option('--partition <partition>', 'the AWS partition')
        .choices(partitionNames)
        .default('aws'),
    )
    .addOption(
      new Option('--form <form>', 'managed: ForceMFA itself; boundary, inline: its other rungs')
        .choices(['managed', 'boundary', 'inline'])
        .default('managed'),
    )
    .option('--json', 'what it does anyway')
    .addHelpText(
      'after',
      '\nExample:\n  mfa-enforcer policy --partition aws-us-gov > force-mfa.json',
    )
    .action(
      ({ partition, form }: { partition: string; form: 'managed' | 'boundary' | 'inline' }) => {
        const documents = {
          managed: forceMfaPolicy(partition),
          boundary: forceMfaBoundary(partition),
          inline: forceMfaInline(partition),
        };
        shell.out(jsonText(documents[form]));
      },
    );
}
