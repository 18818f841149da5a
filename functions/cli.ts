#!/usr/bin/env node
import { mfaEnforcer } from './commands/program.ts';
import { processTerminal } from './commands/terminal.ts';

// Beside the bundle, dist/cli/index.mjs.
const release = new URL('../release/', import.meta.url);
const terminal = processTerminal(process, () => new Date(), release);

process.exitCode = await mfaEnforcer(terminal, process.argv.slice(2));
