import * as z from 'zod';
import { HistoryLine } from '../../events/history.ts';
import { OrganizationReport } from '../../events/organization-report.ts';
import { Outcome } from '../../events/outcome.ts';
import { OrganizationPlan, Plan } from '../../events/plan.ts';
import { Report } from '../../events/report.ts';

/** What is published, by the name of its file. */
const published: Readonly<Record<string, z.ZodType>> = {
  outcome: Outcome,
  report: Report,
  'organization-report': OrganizationReport,
  history: HistoryLine,
  plan: Plan,
  'organization-plan': OrganizationPlan,
};

/** Every published JSON Schema (2020-12): its file and its text. A test compares the committed files with it. */
export function schemaFiles(): { file: string; text: string }[] {
  return Object.entries(published).map(([name, schema]) => ({
    file: `docs/schema/${name}.schema.json`,
    text: `${JSON.stringify(z.toJSONSchema(schema, { override: open }), null, 2)}\n`,
  }));
}

/** Fields may be added: who reads with a schema of today must not refuse them. */
function open({ jsonSchema }: { jsonSchema: { additionalProperties?: unknown } }): void {
  delete jsonSchema.additionalProperties;
}
