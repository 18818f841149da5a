/** What is looked at, in the order it is told. */
export const checks = [
  'region',
  'stack',
  'trail',
  'rules',
  'queues',
  'dead letters',
  'functions',
  'roles',
  'policy',
  'webhook',
  'last sweep',
] as const;
export type Check = (typeof checks)[number];

/** One thing that was found. A check that found nothing wrong has one finding, which says what is well. */
export interface Finding {
  readonly check: Check;
  /** not-seen: it could not be looked at, so that nothing is known of it. */
  readonly status: 'ok' | 'broken' | 'not-seen';
  /** In words, with the name of the thing. */
  readonly said: string;
  /** What to do: a sentence, or commands, one a line. */
  readonly fix: string | null;
}

/** Something is not as it must be. @param fix lines: a sentence or a command each */
export function broken(check: Check, said: string, ...fix: string[]): Finding {
  return { check, status: 'broken', said, fix: fix.join('\n') };
}

/** What a check found wrong or did not see, or that all is well. */
export function orWell(check: Check, found: readonly Finding[], said: string): Finding[] {
  return found.length > 0 ? [...found] : [{ check, status: 'ok', said, fix: null }];
}
