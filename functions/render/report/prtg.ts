import type { MonitorFormat } from './format.ts';
import { type PrtgChannel, type PrtgReading, prtgProblem, prtgReading } from './prtg-channels.ts';

/**
 * The XML of PRTG's EXE/Script Advanced and SSH Script Advanced sensors (PRTG Manual, Custom Sensors, "Advanced
 * Script, HTTP Data, and REST Custom Sensors: Elements").
 */
export const prtg: MonitorFormat = {
  render: (report) => prtgXml(prtgReading(report)),
  failure(problem) {
    return document(['  <error>1</error>', `  <text>${escapeXml(prtgProblem(problem))}</text>`]);
  },
};

/** A reading as the sensor's XML. */
export function prtgXml({ channels, text }: PrtgReading): string {
  return document([...channels.map(result), `  <text>${escapeXml(text)}</text>`]);
}

function document(elements: readonly string[]): string {
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<prtg>', ...elements, '</prtg>', ''].join(
    '\n',
  );
}

function result({ name, value, maxError }: PrtgChannel): string {
  const limits =
    maxError === undefined
      ? []
      : ['    <limitmode>1</limitmode>', `    <limitmaxerror>${maxError}</limitmaxerror>`];
  return [
    '  <result>',
    `    <channel>${escapeXml(name)}</channel>`,
    `    <value>${value}</value>`,
    '    <unit>Count</unit>',
    ...limits,
    '  </result>',
  ].join('\n');
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
