import { setTimeout as sleep } from 'node:timers/promises';
import type { IAMClient } from '@aws-sdk/client-iam';
import { listAttachedPolicies } from '../../functions/io/iam/list-attached-policies.ts';
import type { LocalAws } from './local-aws.ts';

const LOOK_EVERY_MS = 20;

/** Waits until a check holds. @returns how long it took in ms, or null where it did not within the limit */
export async function waitFor(
  check: () => Promise<boolean> | boolean,
  withinMs: number,
): Promise<number | null> {
  const from = performance.now();
  for (;;) {
    if (await check()) return performance.now() - from;
    if (performance.now() - from > withinMs) return null;
    await sleep(LOOK_EVERY_MS);
  }
}

/** Whether ForceMFA is attached to a user now. @param iam a client of moto itself, not of the trail */
export async function isHeld(aws: LocalAws, iam: IAMClient, user: string): Promise<boolean> {
  const policy = aws.stack.resources.get('ForceMfaPolicy') ?? '';
  return (await listAttachedPolicies(iam, user))?.includes(policy) ?? false;
}

/** One review, as on-iam-change logged it. */
export interface LoggedReview {
  readonly user: string;
  readonly action: 'hold' | 'release' | 'none';
  readonly standing: string;
  readonly reasons: readonly { readonly text: string }[];
  readonly cause: { readonly kind: string; readonly eventName?: string; readonly eventId?: string };
}

/** Every review so far, oldest first. */
export function loggedReviews(aws: LocalAws): LoggedReview[] {
  return aws.functions.onIamChange
    .log()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes('"message":"reviewed"'))
    .map((line) => JSON.parse(line) as LoggedReview);
}
