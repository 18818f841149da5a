import { describe, expect, it } from 'vitest';
import { type Contract, contracts } from './contracts.ts';
import { isObject, paths, step } from './samples.ts';

describe.each(contracts)('$name', (contract) => {
  const { schema, full, optional = {}, nullable = [], unknown } = contract;
  const fields = fieldsOf(contract);

  it('is read with all of its fields', () => {
    expect(schema.parse(full)).toEqual(full);
  });

  it.each(fields)('is refused without %s, unless the field is optional', (path) => {
    const value = without(full, path);
    if (path in optional) {
      expect(schema.parse(value)).toEqual(
        optional[path] === undefined ? value : changed(full, path, optional[path]),
      );
    } else expect(schema.safeParse(value).success).toBe(false);
  });

  it.each(fields.filter((path) => !path.includes('Parameters.') && !path.includes('Elements.')))(
    'is refused with anything else for %s',
    (path) => {
      // A function is of no kind that JSON has.
      for (const value of [() => 'x', Number.NaN]) {
        expect(schema.safeParse(changed(full, path, value)).success).toBe(false);
      }
      const withNull = schema.safeParse(changed(full, path, null));
      expect(withNull.success).toBe(nullable.includes(path));
    },
  );

  it(`has a field that it does not know ${unknown}`, () => {
    const more = schema.safeParse({ ...full, more: 1 });
    if (unknown === 'refused') expect(more.success).toBe(false);
    else expect(more.data).toEqual(unknown === 'kept' ? { ...full, more: 1 } : full);
  });
});

/** Every field, as "totals.users": of a list, the fields of its entries. */
function fieldsOf({ full }: Contract): string[] {
  return paths(full).map((path) => path.join('.'));
}

function parentOf(value: object, path: string): [Record<string, unknown>, string] {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<unknown>(step, value);
  if (!isObject(parent)) throw new Error(`no ${path}`);
  return [parent, last];
}

function without(value: object, path: string): object {
  const copy = structuredClone(value);
  const [parent, key] = parentOf(copy, path);
  // An entry of a list that is taken away leaves a list.
  if (Array.isArray(parent)) parent[Number(key)] = undefined;
  else delete parent[key];
  return copy;
}

function changed(value: object, path: string, to: unknown): object {
  const copy = structuredClone(value);
  const [parent, key] = parentOf(copy, path);
  parent[key] = to;
  return copy;
}
