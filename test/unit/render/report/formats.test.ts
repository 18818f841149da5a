import { describe, expect, it } from 'vitest';
import { fileFormats, monitorFormats } from '../../../../functions/render/report/formats.ts';
import { emptyAccount, everyState, fiveThousand, HOSTILE_PROBLEM } from '../../../fakes/report.ts';

describe('every format', () => {
  it.each(Object.entries({ ...fileFormats, ...monitorFormats }))(
    '%s ends with a line',
    (_, format) => {
      for (const report of [everyState, emptyAccount, fiveThousand]) {
        expect(format.render(report)).toMatch(/[^\n]\n$/);
      }
    },
  );

  it.each(Object.entries(monitorFormats))(
    '%s reports a failure in words, without numbers of users',
    (_, format) => {
      const message = format.failure(HOSTILE_PROBLEM);
      expect(message).toMatch(/[^\n]\n$/);
      expect(message).toContain('AccessDenied');
      expect(message).not.toMatch(/without|channel/i);
    },
  );
});
