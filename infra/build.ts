import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forceMfaBoundary, forceMfaPolicy } from '../functions/domain/rules/force-mfa.ts';
import { bundle, programs } from './bundle.ts';

/** Bundles what is deployed into dist/, and writes the policies for the template. dist/release is infra/package.ts's. */
for (const folder of [...programs, 'template'])
  rmSync(join('dist', folder), { recursive: true, force: true });
await bundle(true);

const policies = { ForceMfa: chosen(forceMfaPolicy), Boundary: chosen(forceMfaBoundary) };
mkdirSync('dist/template', { recursive: true });
writeFileSync(
  'dist/template/policies.json',
  `${JSON.stringify(inCloudFormation(policies), null, 2)}\n`,
);

/** The document that the parameter EnrolWith chooses (infra/parameters.yml has the condition). */
function chosen(document: typeof forceMfaPolicy): unknown {
  const of = (enrolWith: 'console' | 'console-and-keys') =>
    document('${AWS::Partition}', enrolWith);
  return { 'Fn::If': ['EnrolWithKeys', of('console-and-keys'), of('console')] };
}

/** CloudFormation fills in ${AWS::…} only inside Fn::Sub, where IAM's own variables are written ${!…}. */
function inCloudFormation(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.includes('${AWS::') ? { 'Fn::Sub': value.replaceAll('${aws:', '${!aws:') } : value;
  }
  if (Array.isArray(value)) return value.map(inCloudFormation);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, inCloudFormation(inner)]),
  );
}
