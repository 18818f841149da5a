import { sameDocument } from '../rules/blocking-policies.ts';

/** What became of a policy's statements, by Sid. */
export interface PolicyChanges {
  readonly lost: readonly string[];
  readonly changed: readonly string[];
  readonly added: readonly string[];
}

interface Statement {
  readonly Sid?: string;
}

/**
 * Compares a policy's statements with those that were deployed.
 * @returns null where they are the same
 */
export function policyChanges(found: unknown, deployed: unknown): PolicyChanges | null {
  const [now, before] = [statementsOf(found), statementsOf(deployed)];
  const lost: string[] = [];
  const changed: string[] = [];
  for (const [sid, statement] of before) {
    const same = now.get(sid);
    if (same === undefined) lost.push(sid);
    else if (!sameDocument(plain(same), plain(statement))) changed.push(sid);
  }
  const added = [...now.keys()].filter((sid) => !before.has(sid));
  return lost.length + changed.length + added.length === 0 ? null : { lost, changed, added };
}

/** "lacks the statement RulesMaySend; has the additional statements Anyone, Everyone" */
export function describeChanges({ lost, changed, added }: PolicyChanges): string {
  return [
    named('lacks the', lost),
    named('has the changed', changed),
    named('has the additional', added),
  ]
    .filter((part) => part !== '')
    .join('; ');
}

function named(what: string, sids: readonly string[]): string {
  if (sids.length === 0) return '';
  return `${what} statement${sids.length === 1 ? '' : 's'} ${sids.join(', ')}`;
}

/** Actions that a policy's statements allow, as they are written, with their wildcards. */
export function allowedActions(document: unknown): string[] {
  return [...statementsOf(document).values()].flatMap((statement) => {
    const { Effect, Action = [] } = statement as { Effect?: string; Action?: string | string[] };
    return Effect === 'Allow' ? [Action].flat() : [];
  });
}

/** Whether an action is among those, wildcards counted. Case does not count in IAM. */
export function isAllowed(action: string, allowed: readonly string[]): boolean {
  return allowed.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*').replaceAll('?', '.')}$`, 'i').test(action);
  });
}

/** By Sid; one without is known by its place. */
function statementsOf(document: unknown): Map<string, Statement> {
  const { Statement = [] } = (document ?? {}) as { Statement?: Statement | Statement[] };
  return new Map(
    [Statement].flat().map((one, index) => [one.Sid ?? `number ${index + 1}`, one] as const),
  );
}

/** A list of one is the same as its member in a policy. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? plain(value[0]) : value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
