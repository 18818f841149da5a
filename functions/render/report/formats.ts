import type { OrganizationReport } from '../../../events/organization-report.ts';
import { asff, organizationAsff } from './asff.ts';
import { csv, organizationCsv } from './csv.ts';
import type { MonitorFormat, ReportFormat } from './format.ts';
import { json, organizationJson } from './json.ts';
import { nagios, organizationNagios } from './nagios.ts';
import { ocsf, organizationOcsf } from './ocsf.ts';
import { organizationPrometheus, prometheus } from './prometheus.ts';
import {
  organizationPrtg,
  prtg,
  prtgJson,
  prtgJsonText,
  prtgV2,
  prtgV2Text,
  prtgXml,
} from './prtg.ts';

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
  asff: { render: asff },
  ocsf: { render: ocsf },
} satisfies Readonly<Record<string, ReportFormat>>;

/** The formats that programs read, by the name they have on the command line. */
export const organizationFormats: Readonly<Record<string, (report: OrganizationReport) => string>> =
  {
    json: organizationJson,
    csv: organizationCsv,
    asff: organizationAsff,
    ocsf: organizationOcsf,
    prtg: (report) => prtgXml(organizationPrtg(report)),
    'prtg-json': (report) => prtgJsonText(organizationPrtg(report)),
    'prtg-v2': (report) => prtgV2Text(organizationPrtg(report)),
    prometheus: organizationPrometheus,
    nagios: organizationNagios,
  };
