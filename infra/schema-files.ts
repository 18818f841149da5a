import * as z from 'zod';
import { Report } from '../events/report.ts';

/** What is published, by the name of its file. */
const published: Readonly<Record<string, z.ZodType>> = {
  report: Report,
};

/** Every published JSON Schema (2020-12): its file and its text. */
export function schemaFiles(): { file: string; text: string }[] {
  return Object.entries(published).map(([name, schema]) => ({
    file: `docs/schema/${name}.schema.json`,
    text: `${JSON.stringify(z.toJSONSchema(schema), null, 2)}\n`,
  }));
}
