import { organization } from '../functions/commands/organization/program.ts';
import { processTerminal } from '../functions/commands/terminal.ts';

const terminal = processTerminal(
  process,
  () => new Date(),
  new URL('../dist/release/', import.meta.url),
);

process.exitCode = await organization(terminal, process.argv.slice(2));
