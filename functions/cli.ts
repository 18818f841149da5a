#!/usr/bin/env node
import { terminalShell } from './commands/process-terminal.ts';
import { mfaEnforcer } from './commands/program.ts';

const shell = terminalShell(process, () => new Date());

process.exitCode = await mfaEnforcer(shell, process.argv.slice(2));
