import { jsonText } from '../json-text.ts';
import type { MonitorFormat } from './format.ts';
import { type PrtgReading, prtgProblem, prtgReading } from './prtg-channels.ts';

/** The JSON of PRTG's EXE/Script Advanced sensor: the elements of its XML under the same names. */
export const prtgJson: MonitorFormat = {
  render: (report) => prtgJsonText(prtgReading(report)),
  failure: (problem) => document({ error: 1, text: prtgProblem(problem) }),
};

/** A reading as the sensor's JSON. */
export function prtgJsonText({ channels, text }: PrtgReading): string {
  const result = channels.map(({ name, value, maxError }) => ({
    channel: name,
    value,
    unit: 'Count',
    ...(maxError === undefined ? {} : { limitmode: 1, limitmaxerror: maxError }),
  }));
  return document({ result, text });
}

function document(prtg: object): string {
  return jsonText({ prtg });
}
