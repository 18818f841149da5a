import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { schemaFiles } from './schema-files.ts';

/** Writes the JSON Schemas of what others read from us. A test compares the committed files with the zod schemas. */
for (const { file, text } of schemaFiles()) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
