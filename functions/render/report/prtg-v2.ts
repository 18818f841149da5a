import { jsonText } from '../json-text.ts';
import type { Level } from './findings.ts';
import type { MonitorFormat } from './format.ts';
import { type PrtgReading, prtgProblem, prtgReading } from './prtg-channels.ts';

// PRTG Manual, Script v2 Sensor: channel ids begin at 10.
const FIRST_ID = 10;

const statuses: Readonly<Record<Level, string>> = {
  ok: 'ok',
  warning: 'warning',
  critical: 'error',
};

/**
 * The JSON of PRTG's Script v2 sensor (Paessler Knowledge Base 91280). It has no limits: the sensor's status is what
 * `status` says. A channel is known by its id, so a new one goes to the end of the list.
 */
export const prtgV2: MonitorFormat = {
  render: (report) => prtgV2Text(prtgReading(report)),
  failure: (problem) => document({ version: 2, status: 'error', message: prtgProblem(problem) }),
};

/** A reading as the sensor's JSON. */
export function prtgV2Text({ level, channels, text }: PrtgReading): string {
  return document({
    version: 2,
    status: statuses[level],
    message: text,
    channels: channels.map(({ name, value }, index) => ({
      id: FIRST_ID + index,
      name,
      type: 'integer',
      value,
    })),
  });
}

function document(output: object): string {
  return jsonText(output);
}
