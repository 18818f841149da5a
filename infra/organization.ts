import { organization } from '../functions/commands/organization/program.ts';
import { terminalShell } from '../functions/commands/process-terminal.ts';

const shell = terminalShell(process, () => new Date());

process.exitCode = await organization(shell, process.argv.slice(2));
