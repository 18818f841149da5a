import { Report } from '../../../events/report.ts';
import { jsonText } from '../json-text.ts';

/**
 * The report itself as JSON, indented by 2. Its JSON Schema is docs/schema/report.schema.json.
 * @throws ZodError where it is no report: nothing that breaks the published schema is ever printed
 */
export function json(report: Report): string {
  return jsonText(Report.parse(report));
}
