import { errorAnswer, FORM, startProxy, type WireProxy } from './proxy.ts';

/**
 * A proxy in front of moto that answers AccessDenied to one action, as AWS does, and passes all other calls on.
 * @param action as in a policy: "sqs:GetQueueAttributes"
 */
export function startDenyingProxy(moto: string, action: string): Promise<WireProxy> {
  const message = `User: arn:aws:iam::123456789012:user/dana is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
  return startProxy(moto, async (call, pass) => {
    if (call.action !== action) return pass();
    const isQuery = String(call.headers['content-type'] ?? '').startsWith(FORM);
    return errorAnswer(call, isQuery ? 403 : 400, 'AccessDenied', message);
  });
}
