#!/usr/bin/env node
import { mfaEnforcer } from './commands/program.ts';
import { terminalShell } from './commands/terminal-shell.ts';

const shell = terminalShell(process, () => new Date());

process.exitCode = await mfaEnforcer(shell, process.argv.slice(2));
