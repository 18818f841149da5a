import type { OrganizationReport } from '../../../events/organization-report.ts';
import { prtgXml } from '../report/prtg.ts';
import { prtgJsonText } from '../report/prtg-json.ts';
import { prtgV2Text } from '../report/prtg-v2.ts';
import { organizationCsv } from './csv.ts';
import { organizationJson } from './json.ts';
import { organizationNagios } from './nagios.ts';
import { organizationPrometheus } from './prometheus.ts';
import { organizationPrtg } from './prtg.ts';

/** The formats that programs read, by the name they have on the command line. */
export const organizationFormats: Readonly<Record<string, (report: OrganizationReport) => string>> =
  {
    json: organizationJson,
    csv: organizationCsv,
    prtg: (report) => prtgXml(organizationPrtg(report)),
    'prtg-json': (report) => prtgJsonText(organizationPrtg(report)),
    'prtg-v2': (report) => prtgV2Text(organizationPrtg(report)),
    prometheus: organizationPrometheus,
    nagios: organizationNagios,
  };
