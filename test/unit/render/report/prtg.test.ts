import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { prtg, prtgReading } from '../../../../functions/render/report/prtg.ts';
import {
  emptyAccount,
  everyState,
  fiveThousand,
  HOSTILE_PROBLEM,
  reportedUser,
  reportOf,
} from '../../../fakes/report.ts';
import { expectGolden } from './golden.ts';

interface Parsed {
  readonly result?: readonly Readonly<Record<string, string>>[];
  readonly text: string;
  readonly error?: string;
}

function read(xml: string): Parsed {
  expect(XMLValidator.validate(xml)).toBe(true);
  const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'result' });
  return (parser.parse(xml) as { prtg: Parsed }).prtg;
}

describe('PRTG’s XML', () => {
  it.each([
    ['every state', everyState, 'prtg.xml'],
    ['an empty account', emptyAccount, 'prtg.empty.xml'],
  ])('is as in the golden file: %s', async (_, report, file) => {
    await expectGolden(prtg.render(report), file);
  });

  it('of a failed reading is as in the golden file, and has no number', async () => {
    const xml = prtg.failure('AccessDenied: <iam:ListUsers> & "#more"');
    await expectGolden(xml, 'prtg.failure.xml');
    expect(read(xml)).toEqual({ error: '1', text: 'AccessDenied: <iam:ListUsers> & "more"' });
  });

  it.each([everyState, emptyAccount, fiveThousand])(
    'has channels and text as they are',
    (report) => {
      const { channels, text } = prtgReading(report);
      expect(read(prtg.render(report))).toEqual({
        result: channels.map(({ name, value, maxError }) => ({
          channel: name,
          value: String(value),
          unit: 'Count',
          ...(maxError === undefined ? {} : { limitmode: '1', limitmaxerror: String(maxError) }),
        })),
        text,
      });
    },
  );

  it('is legal for every character a user name may have, and for what none may', () => {
    const legal = 'ABCXYZabcxyz0189_+=,.@-';
    const illegal = '<a>&"\'\u0000\u001b\ufffe\ud800]]>';
    const { text } = read(prtg.render(reportOf([reportedUser(legal), reportedUser(illegal)])));
    expect(text).toBe(`${legal}; <a>&"' \ufffd\ufffd]]>`);
  });

  it('is legal for any problem', () => {
    const { text } = read(prtg.failure(HOSTILE_PROBLEM));
    expect(text.length).toBeLessThanOrEqual(2000);
    expect(text).not.toContain('#');
  });
});
