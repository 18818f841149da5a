import { OrganizationReport } from '../../../events/organization-report.ts';
import { Report } from '../../../events/report.ts';

/**
 * The report itself as JSON, indented by 2. Its JSON Schema is docs/schema/report.schema.json.
 * @throws ZodError where it is no report: nothing that breaks the published schema is ever printed
 */
export function json(report: Report): string {
  return jsonText(Report.parse(report));
}

/**
 * The report itself as JSON. Its JSON Schema is docs/schema/organization-report.schema.json.
 * @throws ZodError where it is no report: nothing that breaks the published schema is ever printed
 */
export function organizationJson(report: OrganizationReport): string {
  return jsonText(OrganizationReport.parse(report));
}

/** A value as JSON for a file or a pipe: indented, newline at its end. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
