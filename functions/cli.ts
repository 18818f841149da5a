#!/usr/bin/env node
import { Command, Option } from 'commander';
import { forceMfaBoundary, forceMfaInline, forceMfaPolicy } from './domain/force-mfa.ts';

const partitions = ['aws', 'aws-us-gov', 'aws-cn'];

const program = new Command('mfa-enforcer')
  .description('MFA enforcement for IAM users: look at what is deployed, from the command line')
  .showHelpAfterError('(mfa-enforcer --help tells what there is)')
  // 2: it was used wrongly, whatever was wrong.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

program
  .command('policy')
  .description('print a policy document as it is deployed, as JSON')
  .addOption(
    new Option('--partition <partition>', 'the AWS partition').choices(partitions).default('aws'),
  )
  .addOption(
    new Option('--form <form>', 'managed: ForceMFA itself; boundary, inline: its other rungs')
      .choices(['managed', 'boundary', 'inline'])
      .default('managed'),
  )
  .addHelpText('after', '\nExample:\n  mfa-enforcer policy --partition aws-us-gov > force-mfa.json')
  .action(({ partition, form }: { partition: string; form: 'managed' | 'boundary' | 'inline' }) => {
    const documents = {
      managed: forceMfaPolicy(partition),
      boundary: forceMfaBoundary,
      inline: forceMfaInline,
    };
    process.stdout.write(`${JSON.stringify(documents[form], null, 2)}\n`);
  });

program.parse();
