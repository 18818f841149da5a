/**
 * Which event sources the local run has switched on, by the UUID of their mapping. moto has each of them disabled, because
 * it would run the function in Docker. So `Enabled` goes to this in place of moto, and moto's answers are corrected.
 */
export type EventSourceSwitches = Map<string, boolean>;

const PATH = /^\/2015-03-31\/event-source-mappings\/?([^/?]*)/;

interface Mapping {
  readonly UUID?: string;
  readonly State?: string;
  readonly EventSourceMappings?: readonly Mapping[];
}

/**
 * A call to Lambda as moto may have it.
 * @param method of HTTP
 * @returns its body
 */
export function withoutSwitch(
  switches: EventSourceSwitches,
  method: string,
  path: string,
  body: Buffer,
): Buffer {
  const uuid = PATH.exec(path)?.[1] ?? '';
  if (method !== 'PUT' || !switches.has(uuid)) return body;
  const { Enabled, ...change } = JSON.parse(body.toString()) as { Enabled?: boolean };
  if (Enabled !== undefined) switches.set(uuid, Enabled);
  return Buffer.from(JSON.stringify(change));
}

/** moto's answer to a call to Lambda, with the state that the local run gives its event sources. */
export function withSwitch(switches: EventSourceSwitches, path: string, answer: Buffer): Buffer {
  if (!PATH.test(path)) return answer;
  const corrected = (mapping: Mapping): Mapping => {
    const on = switches.get(mapping.UUID ?? '');
    return on === undefined ? mapping : { ...mapping, State: on ? 'Enabled' : 'Disabled' };
  };
  const parsed = JSON.parse(answer.toString()) as Mapping;
  const { EventSourceMappings: all } = parsed;
  return Buffer.from(
    JSON.stringify(
      all ? { ...parsed, EventSourceMappings: all.map(corrected) } : corrected(parsed),
    ),
  );
}
