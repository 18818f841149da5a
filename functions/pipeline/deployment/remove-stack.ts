import type { StackEvent, StackFailure } from '../../domain/deployment/stack-events.ts';
import { deleteStack, listStackResources, type StackResource } from '../../io/cloudformation.ts';
import { disableRule } from '../../io/eventbridge.ts';
import { disableEventSourceMapping, getEventSourceMapping } from '../../io/lambda.ts';
import type { DeploymentClients } from '../../runtime/command-clients.ts';
import { followOperation } from './change-stack.ts';

/** The stack that is removed. */
export interface RemovedStack {
  readonly clients: Pick<DeploymentClients, 'cloudFormation' | 'events' | 'lambda'>;
  readonly name: string;
  /** ARN. */
  readonly id: string;
  readonly pause: (ms: number) => Promise<unknown>;
}

const POLL_MS = 2_000;

// Alerts go on to Slack until the stack is deleted.
const STAY = ['OutcomesToSlackRule', 'NotifySlackEventSourceMappingSQSOutcomesQueue'];

/**
 * Stops the enforcer: no rule brings it an event or starts a sweep, and no function receives a message. It can be called
 * again at any time.
 * @returns the resources of the stack, by logical ID
 */
export async function stopEnforcer({
  clients,
  name,
  pause,
}: RemovedStack): Promise<ReadonlyMap<string, StackResource>> {
  const { cloudFormation, events, lambda } = clients;
  const stateOf = async (uuid: string) =>
    (await getEventSourceMapping(lambda, uuid))?.state ?? null;
  const resources = await listStackResources(cloudFormation, name);
  const of = (type: string) =>
    [...resources].filter(([id, one]) => one.type === type && !STAY.includes(id));
  for (const [, { physicalId }] of of('AWS::Events::Rule')) {
    // A rule of another bus than the default one is named bus|rule.
    const [rule = '', bus = 'default'] = physicalId.split('|').toReversed();
    await disableRule(events, bus, rule);
  }
  const mappings = of('AWS::Lambda::EventSourceMapping').map(([, { physicalId }]) => physicalId);
  for (const uuid of mappings) {
    // Lambda refuses a change while an earlier one goes on (Lambda API reference, EventSourceMappingConfiguration, State).
    for (let state = await stateOf(uuid); state !== null && state !== 'Disabled'; ) {
      if (state === 'Enabled') await disableEventSourceMapping(lambda, uuid);
      else await pause(POLL_MS);
      state = await stateOf(uuid);
    }
  }
  return resources;
}

/**
 * Deletes the stack, and follows its events to the end.
 * @param onEvent called for each event of the stack and its resources
 * @returns null where it was deleted, else the first cause of the failure
 */
export function deleteWholeStack(
  { clients: { cloudFormation }, name, id, pause }: RemovedStack,
  onEvent: (event: StackEvent) => void,
): Promise<StackFailure | null> {
  const deps = { cloudFormation, stack: name, pause };
  return followOperation(deps, id, 'DELETE_COMPLETE', onEvent, () =>
    deleteStack(cloudFormation, name),
  );
}
