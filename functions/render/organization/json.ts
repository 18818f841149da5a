import { OrganizationReport } from '../../../events/organization-report.ts';
import { jsonText } from '../json-text.ts';

/**
 * The report itself as JSON. Its JSON Schema is docs/schema/organization-report.schema.json.
 * @throws ZodError where it is no report: nothing that breaks the published schema is ever printed
 */
export function organizationJson(report: OrganizationReport): string {
  return jsonText(OrganizationReport.parse(report));
}
