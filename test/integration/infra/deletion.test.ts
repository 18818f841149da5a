import { describe, expect, it } from 'vitest';
import { spokeTemplate } from '../../fakes/deployed.ts';
import { type Template, template } from '../../fakes/template.ts';

/** Logical ids that a value refers to. CloudFormation makes dependencies of them. */
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

/** Each resource, and what is deleted only after it. @throws where two wait for each other */
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
/** What only shows or reports. */
const watching = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard', 'AWS::S3::BucketPolicy'];

describe.each([
  ['hub', template],
  ['spoke', spokeTemplate],
])('where the stack of a %s is deleted', (_, read) => {
  const { Resources } = read();
  const after = deletedAfter(read());
  const others = Object.keys(Resources).filter((id) => !policies.includes(id));

  it.each(policies)('everything that blocks and unblocks is there until %s is gone', (policy) => {
    const acting = others.filter((id) => !watching.includes(Resources[id]?.Type ?? ''));
    expect(acting.length).toBeGreaterThan(15);
    expect(acting.filter((id) => !after.get(policy)?.has(id))).toEqual([]);
  });

  it('the managed policy goes before the group and the boundary, which are seldom used', () => {
    expect([...(after.get('ForceMfaPolicy') ?? [])]).toEqual(
      expect.arrayContaining(['ForceMfaGroup', 'ForceMfaBoundary']),
    );
  });

  it('DependsOn names no resource that a deployment may be without: CloudFormation would refuse it', () => {
    for (const [id, { DependsOn = [] }] of Object.entries(Resources)) {
      for (const one of [DependsOn].flat()) {
        expect(Resources, `${id} depends on ${one}`).toHaveProperty(one);
        expect(Resources[one]?.Condition, `${id} depends on ${one}`).toBeUndefined();
      }
    }
  });

  it('a reference in the metadata to such a resource has the same condition', () => {
    for (const { Metadata } of Object.values(Resources)) {
      const { DeletedBefore = [] } = (Metadata ?? {}) as { DeletedBefore?: unknown[] };
      for (const one of DeletedBefore as { 'Fn::If': [string, { Ref: string }] }[]) {
        const [condition, { Ref }] = one['Fn::If'];
        expect(Resources[Ref]?.Condition).toBe(condition);
      }
    }
  });
});
