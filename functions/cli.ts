#!/usr/bin/env node
import { mfaEnforcer } from './commands/program.ts';
import { processTerminal } from './commands/terminal.ts';

const terminal = processTerminal(process, () => new Date());

process.exitCode = await mfaEnforcer(terminal, process.argv.slice(2));
