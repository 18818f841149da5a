import { jsonText } from '../json-text.ts';
import type { MonitorFormat } from './format.ts';
import { prtgProblem, prtgReading } from './prtg-channels.ts';

/** The JSON of PRTG's EXE/Script Advanced sensor: the elements of its XML under the same names. */
export const prtgJson: MonitorFormat = {
  render(report) {
    const { channels, text } = prtgReading(report);
    const result = channels.map(({ name, value, maxError }) => ({
      channel: name,
      value,
      unit: 'Count',
      ...(maxError === undefined ? {} : { limitmode: 1, limitmaxerror: maxError }),
    }));
    return document({ result, text });
  },
  failure: (problem) => document({ error: 1, text: prtgProblem(problem) }),
};

function document(prtg: object): string {
  return jsonText({ prtg });
}
