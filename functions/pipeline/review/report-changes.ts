import { isByCloudFormation } from '../../../events/cause.ts';
import type { Tampering, UserChange } from '../../../events/message.ts';
import { ownResource } from '../../domain/deployment/own-resources.ts';
import { deviceOutcome, tamperingOutcome } from '../../domain/outcomes/outcomes.ts';
import { deviceByOther } from '../../domain/review/exemption-changes.ts';
import type { Handled } from './refused-users.ts';
import type { BatchDeps } from './review-deps.ts';
import { userOf } from './review-result.ts';

/** Reports devices that another identity than the user enabled, for every result of the review. A duplicate event reports nothing. */
export async function reportDevices(
  deps: BatchDeps,
  changes: readonly UserChange[],
  results: readonly (Handled | undefined)[],
): Promise<void> {
  const { settings, now } = deps;
  for (const [index, change] of changes.entries()) {
    const serial = deviceByOther(change);
    if (serial === null) continue;
    const result = results[index];
    const user = result && 'outcomes' in result ? userOf(change, result) : change.user;
    const wasBlocked = result?.kind === 'reviewed' ? result.userRead.decision.blocked : null;
    const { cause } = change;
    const outcome = deviceOutcome({ user, cause, settings, now: now() }, { serial, wasBlocked });
    await deps.rateLimited(outcome.id, () => deps.publish([outcome]));
  }
}

/** Reports a change of the enforcer's own resources. */
export async function reportTampering(deps: BatchDeps, tampering: Tampering): Promise<void> {
  const { settings, hub, log } = deps;
  const { call, cause } = tampering;
  const resource = ownResource(tampering, settings, hub);
  if (resource === undefined) {
    const names = tampering.resources.map(({ name }) => name);
    log.info('dropped', { cause, names, reason: 'the event concerns no resource of the enforcer' });
    return;
  }
  log.warn('tampering seen', { account: settings.account, what: call.id, resource, cause });
  const seen = { what: call.id, resource, cause };
  const report = () => deps.publish([tamperingOutcome(seen, settings, deps.now())]);
  // A deployment makes dozens of calls, in an organization in every account.
  const whose = settings.account === hub.account ? 'hub' : 'spokes';
  await (isByCloudFormation(cause)
    ? deps.rateLimited(`cloudformation/${whose}`, report)
    : report());
}
