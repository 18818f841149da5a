import { readFileSync, writeFileSync } from 'node:fs';
import { PAGE, pageWith } from './page.ts';

// `npm run attack` prints the page with the tables of techniques as they are judged now, and --write changes the page.
const text = await pageWith(readFileSync(PAGE, 'utf8'));
if (process.argv.includes('--write')) writeFileSync(PAGE, text);
else process.stdout.write(text);
