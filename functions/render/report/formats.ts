import { csv } from './csv.ts';
import type { MonitorFormat, ReportFormat } from './format.ts';
import { json } from './json.ts';
import { nagios } from './nagios.ts';
import { prometheus } from './prometheus.ts';
import { prtg } from './prtg.ts';
import { prtgJson } from './prtg-json.ts';
import { prtgV2 } from './prtg-v2.ts';

/** The formats that programs read, by the name they have on the command line. */
export const monitorFormats = {
  prtg,
  'prtg-json': prtgJson,
  'prtg-v2': prtgV2,
  prometheus,
  nagios,
} satisfies Readonly<Record<string, MonitorFormat>>;

/** The formats that are files to keep, by the name they have on the command line. */
export const fileFormats = {
  json: { render: json },
  csv: { render: csv },
} satisfies Readonly<Record<string, ReportFormat>>;
