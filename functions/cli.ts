#!/usr/bin/env node
import { processTerminal } from './commands/process-terminal.ts';
import { mfaEnforcer } from './commands/program.ts';

const terminal = processTerminal(process, () => new Date());

process.exitCode = await mfaEnforcer(terminal, process.argv.slice(2));
