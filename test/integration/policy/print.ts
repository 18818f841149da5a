import { fullTable, shortTable } from './table.ts';

/** Prints the matrix: every IAM action, or with --short the table of the docs. */
const table = process.argv.includes('--short') ? await shortTable() : await fullTable();
process.stdout.write(`${table}\n`);
