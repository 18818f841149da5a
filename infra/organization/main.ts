import { terminalShell } from '../../functions/commands/terminal-shell.ts';
import { organization } from './program.ts';

const shell = terminalShell(process, () => new Date());

process.exitCode = await organization(shell, process.argv.slice(2));
