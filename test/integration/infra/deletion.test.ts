import { describe, expect, it } from 'vitest';
import { spokeTemplate } from '../../fakes/deployed.ts';
import { type Template, template } from '../../fakes/template.ts';

/** The logical ids that a value refers to. CloudFormation makes them dependencies. */
function referred(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referred);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const [first] = [inner].flat() as unknown[];
    switch (key) {
      case 'Ref':
        return [String(inner)];
      case 'Fn::GetAtt':
        return [String(first).split('.')[0] ?? ''];
      case 'Fn::Sub': {
        const names = [...String(first).matchAll(/\$\{([A-Za-z0-9]+)[.}]/g)];
        return [...names.map(([, name]) => name ?? ''), ...referred(inner)];
      }
      default:
        return referred(inner);
    }
  });
}

/** Each resource, with those that are deleted only after it. @throws where two wait for each other */
function deletedAfter({ Resources }: Template): ReadonlyMap<string, ReadonlySet<string>> {
  const direct = new Map(
    Object.entries(Resources).map(([id, { Properties, Metadata, DependsOn = [] }]) => {
      const all = [...referred(Properties), ...referred(Metadata), ...[DependsOn].flat()];
      return [id, all.filter((one) => one in Resources)] as const;
    }),
  );
  const found = new Map<string, ReadonlySet<string>>();
  const visit = (id: string, below: readonly string[]): ReadonlySet<string> => {
    if (below.includes(id)) throw new Error(`a circle: ${[...below, id].join(' -> ')}`);
    const known = found.get(id);
    if (known) return known;
    const next = direct.get(id) ?? [];
    const all = new Set(next.flatMap((one) => [one, ...visit(one, [...below, id])]));
    found.set(id, all);
    return all;
  };
  for (const id of direct.keys()) visit(id, []);
  return found;
}

const policies = ['ForceMfaPolicy', 'ForceMfaGroup', 'ForceMfaBoundary'];
/** Resources that only show or report. */
const watching = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard', 'AWS::S3::BucketPolicy'];

describe.each([
  ['hub', template],
  ['spoke', spokeTemplate],
])('the deletion of the stack of a %s', (_, read) => {
  const { Resources } = read();
  const after = deletedAfter(read());
  const others = Object.keys(Resources).filter((id) => !policies.includes(id));

  it.each(policies)(
    'leaves everything that blocks and unblocks in place until %s is gone',
    (policy) => {
      const acting = others.filter((id) => !watching.includes(Resources[id]?.Type ?? ''));
      expect(acting.length).toBeGreaterThan(15);
      expect(acting.filter((id) => !after.get(policy)?.has(id))).toEqual([]);
    },
  );

  it('deletes the managed policy before the group and the boundary, which few users have', () => {
    expect([...(after.get('ForceMfaPolicy') ?? [])]).toEqual(
      expect.arrayContaining(['ForceMfaGroup', 'ForceMfaBoundary']),
    );
  });

  it('is ordered by DependsOn only on resources without a condition: CloudFormation refuses others', () => {
    for (const [id, { DependsOn = [] }] of Object.entries(Resources)) {
      for (const one of [DependsOn].flat()) {
        expect(Resources, `${id} depends on ${one}`).toHaveProperty(one);
        expect(Resources[one]?.Condition, `${id} depends on ${one}`).toBeUndefined();
      }
    }
  });

  it('is ordered by metadata on resources with a condition, under the same condition', () => {
    for (const { Metadata } of Object.values(Resources)) {
      const { DeletedBefore = [] } = (Metadata ?? {}) as { DeletedBefore?: unknown[] };
      for (const one of DeletedBefore as { 'Fn::If': [string, { Ref: string }] }[]) {
        const [condition, { Ref }] = one['Fn::If'];
        expect(Resources[Ref]?.Condition).toBe(condition);
      }
    }
  });
});
