import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { detailTypes } from '../../../events/outcome.ts';

const [, messages = ''] = readFileSync('docs/runbook.md', 'utf8').split(/^## The messages$/m);
const entries = messages.split(/^### /m).slice(1);
const nameOf = (entry: string) => entry.split('\n')[0];

// test/integration/infra/alarms.test.ts has the entries of the alarms.
describe('the runbook', () => {
  it('has an entry for exactly the kinds of outcomes, under the kind, which is its anchor', () => {
    expect(entries.map(nameOf)).toEqual(Object.keys(detailTypes));
    // A heading of lower-case letters and hyphens is its own anchor.
    for (const kind of entries.map(nameOf)) expect(kind).toMatch(/^[a-z-]+$/);
  });

  it.each(entries.map((entry) => [nameOf(entry), entry]))(
    'says what %s means, and what to do',
    (_, entry) => {
      const parts = [...(entry ?? '').matchAll(/^- \*\*(\w+):\*\*/gm)].map(([, part]) => part);
      expect(parts).toEqual(['Means', 'Do']);
    },
  );
});
