import { isLoopback } from '../../functions/domain/notify/webhook.ts';

export interface LocalCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** moto takes any credentials; these can be no real ones. */
const anyone: LocalCredentials = {
  accessKeyId: 'AKIALOCALLOCALLOCAL1',
  secretAccessKey: 'local',
};

/** Throws unless the endpoint is on this machine: the local run touches loopback only. */
export function assertLoopback(endpoint: string): void {
  if (URL.canParse(endpoint) && isLoopback(new URL(endpoint))) return;
  throw new Error(`The local run talks to loopback only, not to ${endpoint}.`);
}

interface ClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: LocalCredentials;
  readonly useQueueUrlAsEndpoint: boolean;
  readonly forcePathStyle: boolean;
}

/**
 * An SDK client of the local AWS. CloudFormation's queue URLs name a real host: useQueueUrlAsEndpoint must
 * stay false, or the SDK would follow them.
 */
export function localClient<C>(
  Client: new (config: ClientConfig) => C,
  endpoint: string,
  credentials: LocalCredentials = anyone,
): C {
  assertLoopback(endpoint);
  return new Client({
    region: 'us-east-1',
    endpoint,
    credentials,
    useQueueUrlAsEndpoint: false,
    forcePathStyle: true,
  });
}
