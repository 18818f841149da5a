import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schemaFiles } from '../../../infra/docs/schemas.ts';

describe('the published schemas', () => {
  it.each(schemaFiles())(
    'are what the zod schemas give: $file (npm run docs)',
    ({ file, text }) => {
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );
});
