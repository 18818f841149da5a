import { expect, it } from 'vitest';
import { probeValue } from '../../../events/event-path.ts';

it('the value of a probe has the sweep and the time, in characters that a tag’s value may have', () => {
  const value = probeValue('0f6d-1', new Date('2026-03-01T03:00:11.250Z'));
  expect(value).toBe('0f6d-1/2026-03-01T03:00:11.250Z');
  // IAM User Guide, "Rules for tagging in IAM and AWS STS".
  expect(value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
});
