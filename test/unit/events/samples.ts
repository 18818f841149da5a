import { readdirSync, readFileSync } from 'node:fs';
import type { Cause } from '../../../events/cause.ts';
import type { Parsed } from '../../../events/message.ts';

/** The result of parsing a sample. */
export type Expected =
  | {
      readonly users: string[];
      readonly hint: boolean;
      readonly expects: object;
      readonly actor: string;
    }
  | {
      readonly access: string;
      readonly credential: string | null;
      readonly hint: boolean;
      readonly actor: string;
    }
  | { readonly policy: string; readonly defaultVersionId: string | null; readonly actor: string }
  | {
      readonly tampering: string;
      readonly resources: string[];
      readonly actor: string;
    }
  | { readonly probe: string; readonly policy: string; readonly role: string | null }
  | { readonly dropped: string }
  | { readonly unparsable: string };

const folder = new URL('../../../events/samples/', import.meta.url);
/** Events as recorded, and some as they must not be. */
export const samples = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({
    name: file.slice(0, -'.json'.length),
    body: readFileSync(new URL(file, folder), 'utf8'),
  }));
/** By the sample's name. */
export const expected = JSON.parse(
  readFileSync(new URL('samples.expected.json', import.meta.url), 'utf8'),
) as Record<string, Expected>;

/** The compared part of a parsed message. */
export function shown(parsed: Parsed): Expected | Parsed {
  if (parsed.kind === 'dropped') return { dropped: parsed.reason };
  if (parsed.kind === 'access') {
    const { user, hint, cause } = parsed.change;
    const { credential } = parsed;
    return { access: user, credential, hint, actor: actorName(cause) };
  }
  if (parsed.kind === 'policy') {
    const { policyArn, defaultVersionId, cause } = parsed.change;
    return { policy: policyArn, defaultVersionId, actor: actorName(cause) };
  }
  if (parsed.kind === 'tampering') {
    const { call, resources, cause } = parsed.tampering;
    const names = resources.map(({ name }) => name);
    return { tampering: call.id, resources: names, actor: actorName(cause) };
  }
  if (parsed.kind === 'probe') {
    const { value, policyArn, roleArn } = parsed.probe;
    return { probe: value, policy: policyArn, role: roleArn };
  }
  if (parsed.kind !== 'changes') return parsed;
  const [first] = parsed.changes;
  return {
    users: parsed.changes.map(({ user }) => user),
    hint: first?.hint ?? false,
    expects: first?.expects ?? {},
    actor: first ? actorName(first.cause) : '',
  };
}

/** The good samples: those that name users to look at. */
export const good = samples.filter(({ name }) => 'users' in (expected[name] ?? {}));

/** Whether a value has fields, or entries. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** One step along a path. */
export function step(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}

/** Every path into a value: ["detail"], ["detail", "eventName"], … */
export function paths(value: unknown, prefix: string[] = []): string[][] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [...prefix, key],
    ...paths(inner, [...prefix, key]),
  ]);
}

function actorName(cause: Cause): string {
  return cause.kind === 'event' ? cause.actor.name : '';
}
