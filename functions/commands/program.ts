import { Command, CommanderError } from 'commander';
import { releaseParameters } from '../pipeline/deployment/release.ts';
import { version } from '../runtime/version.ts';
import { addDeploy } from './deploy.ts';
import { addDoctor } from './doctor.ts';
import { describeError } from './errors.ts';
import { addExplain } from './explain.ts';
import { addOrganization, type Connect } from './organization/program.ts';
import { addPlan } from './plan.ts';
import { addPolicy } from './policy.ts';
import { addPreview } from './preview.ts';
import { addProve } from './prove.ts';
import { addRedrive } from './redrive.ts';
import { addRemove } from './remove.ts';
import { addReplay } from './replay.ts';
import { addReport } from './report.ts';
import { addRollback } from './rollback.ts';
import { addSweep } from './sweep.ts';
import { type Run, statuses, type Terminal } from './terminal.ts';

/**
 * The command line `mfa-enforcer`.
 * @param args without the program's own name
 * @param connectOrganization replaced by tests
 * @returns the exit status; an error is printed on standard error
 */
export async function mfaEnforcer(
  terminal: Terminal,
  args: readonly string[],
  connectOrganization?: Connect,
): Promise<number> {
  let status: number = statuses.clean;
  const run: Run = async (command) => {
    status = await command();
  };
  const program = new Command('mfa-enforcer')
    .description('MFA enforcement for IAM users: reports, plans and checks')
    .version(version)
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError('(add --help for the available options)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nIt uses the standard AWS configuration: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, SSO and so on.\n' +
        'Proxies and certificates, as for the aws CLI: HTTPS_PROXY, HTTP_PROXY, NO_PROXY, AWS_CA_BUNDLE.\n' +
        'Exit status: 0 clean, 1 findings, 2 usage error, 3 incomplete: some data could not be read.\n\n' +
        'Examples:\n  mfa-enforcer report\n  mfa-enforcer plan --scope console-users\n  mfa-enforcer explain dana',
    );
  addReport(program, run, terminal);
  addPlan(program, run, terminal);
  addSweep(program, run, terminal);
  addExplain(program, run, terminal);
  addReplay(program, run, terminal);
  addRollback(program, run, terminal);
  addDeploy(program, run, terminal, await releaseParameters(terminal.release));
  addRemove(program, run, terminal);
  addOrganization(program, run, terminal, connectOrganization);
  addDoctor(program, run, terminal);
  addProve(program, run, terminal);
  addRedrive(program, run, terminal);
  addPolicy(program, terminal, run);
  addPreview(program, terminal);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return statuses.clean;
      // In Nagios, status 2 is CRITICAL. A usage error must be UNKNOWN, which is 3.
      return args.includes('nagios') ? statuses.blind : statuses.usage;
    }
    const problem = describeError(error);
    terminal.err(`${problem.text}\n`);
    return problem.status;
  }
}
