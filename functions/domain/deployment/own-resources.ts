import type { Tampering } from '../../../events/message.ts';
import { includesName, isSameName, nameKey } from '../../../events/names.ts';
import type { ResourceKind, TouchedResource } from '../../../events/tampering.ts';
import { forwardRole, probeRole, readRole, reportRole, reviewRole } from '../accounts/spoke.ts';
import type { Settings } from '../rules/settings.ts';

/** What the hub's own resources are named after. */
export interface HubNames {
  /** The hub's account. */
  readonly account: string;
  /** The CloudFormation stack: what CloudFormation names begins with its name. */
  readonly stack: string;
  /** The SSM parameters: the Slack webhook, and the text of the mails. */
  readonly parameters: readonly string[];
}

/**
 * The resource of the enforcer that a tampering call was made on. The rules ask for the enforcer's own resources only;
 * a member account chooses its rules itself, so the names are checked again.
 * @param settings of the account that the call was made in
 * @returns its name, null where the record names none, or undefined where it is none of the enforcer's
 */
export function ownResource(
  { call, resources }: Pick<Tampering, 'call' | 'resources'>,
  settings: Pick<Settings, 'account' | 'denyGroup'>,
  hub: HubNames,
): string | null | undefined {
  const isHub = settings.account === hub.account;
  if (resources.length === 0) return isHub ? null : undefined;
  const isOwn = ({ belongsTo }: TouchedResource) =>
    // The rule asks for the enforcer's own mappings.
    belongsTo === null
      ? isHub
      : isOwnName(call.kind, belongsTo, settings.denyGroup, isHub ? hub : null);
  return resources.find(isOwn)?.name;
}

/** @param hub null in a member account, which has a spoke and nothing else */
function isOwnName(
  kind: ResourceKind,
  name: string,
  policyName: string,
  hub: HubNames | null,
): boolean {
  switch (kind) {
    // Any trail: without one no events arrive.
    case 'trail':
      return true;
    case 'group':
      return isSameName(name, policyName);
    case 'role': {
      const ofSpoke = [reviewRole, readRole, probeRole, forwardRole].map((role) =>
        role(policyName),
      );
      if (hub === null) return includesName(ofSpoke, name);
      return beginsWith(name, hub.stack) || isSameName(name, reportRole(policyName));
    }
    case 'rule':
      return name.startsWith(`${hub?.stack ?? policyName}-`);
    case 'bus':
      return hub !== null && [hub.stack, `${hub.stack}-hub`].includes(name);
    case 'stack':
      return name === hub?.stack;
    case 'parameter':
      return hub?.parameters.includes(name) ?? false;
    case 'queue':
    case 'mapping':
    case 'function':
    case 'table':
    case 'alarm':
      return hub !== null && name.startsWith(`${hub.stack}-`);
  }
}

function beginsWith(name: string, stack: string): boolean {
  return nameKey(name).startsWith(nameKey(`${stack}-`));
}
