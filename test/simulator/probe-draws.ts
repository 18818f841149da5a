import type { Instance } from './instance.ts';

// Probes of the event path and the credential report draw from sources of their own, so that they change as few of a run's other
// draws as possible.

/** Whether a message is about a probe: the event of a tag on a policy, or a check of the event path. */
export function isOfProbe(body: string): boolean {
  return body.includes('"eventName":"TagPolicy"') || body.includes('mfa-enforcer/path-check/');
}

/** Whether a call probes the event path, records or checks a probe, or is made while messages about probes are handled. */
export function isProbeCall(
  action: string,
  input: Readonly<Record<string, unknown>>,
  { origin }: Instance,
): boolean {
  const { records } = origin;
  if (records.length > 0 && records.every(({ body }) => isOfProbe(body))) return true;
  if (action === 'SendMessage') return isOfProbe(String(input.MessageBody));
  const { id } = (input.Key ?? input.Item ?? {}) as { id?: { S?: string } };
  return action === 'TagPolicy' || /^(probe|proof|path)\//.test(id?.S ?? '');
}

/** Whether a call is about the credential report, or lets a sweep wait for it. */
export function isReportCall(action: string, input: Readonly<Record<string, unknown>>): boolean {
  if (action === 'SendMessage') return String(input.MessageBody).includes('"reportWaits"');
  return /CredentialReport$/.test(action);
}
