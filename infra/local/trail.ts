import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { cloudTrailRecord } from './cloudtrail.ts';
import { localClient } from './local-client.ts';
import { freePort } from './moto.ts';
import { policiesOf, refusalOf, showOutputs } from './quirks.ts';

type TrailRecord = Record<string, unknown>;

/** What happens to an event: delivery from CloudTrail to EventBridge is best effort. */
type Fate = 'deliver' | 'lose';

export interface Trail {
  /** The endpoint that records IAM calls. All other calls pass through. */
  readonly endpoint: string;
  /** Decides the fate of events still to come. */
  fate: (record: TrailRecord) => Fate;
  /** All records so far, oldest first, including lost ones. */
  readonly records: readonly TrailRecord[];
  /** The account that sent an event: EventBridge states it, moto loses it between accounts. */
  senderOf(eventId: string): string | null;
  stop(): Promise<void>;
}

/**
 * A proxy in front of moto that sends every mutating IAM call to EventBridge, failed calls, too, like CloudTrail. moto
 * lacks this.
 * @param motoEndpoint moto on loopback
 */
export async function startTrail(motoEndpoint: string): Promise<Trail> {
  const port = await freePort();
  const target = new URL(motoEndpoint);
  const identities = new Map<string, Promise<{ arn: string; account: string }>>();
  const records: TrailRecord[] = [];
  const trail = { fate: (): Fate => 'deliver' } as Pick<Trail, 'fate'>;

  const record = async (call: {
    request: IncomingMessage;
    body: Buffer;
    status: number;
    response: Buffer;
  }) => {
    const key = accessKeyOf(call.request);
    const identity = identities.get(key) ?? callerIdentity(motoEndpoint, key);
    identities.set(key, identity);
    const made = cloudTrailRecord({
      request: call.body.toString(),
      status: call.status,
      response: call.response.toString(),
      identity: await identity,
      sourceIp: call.request.socket.remoteAddress ?? '',
      userAgent: String(call.request.headers['user-agent'] ?? ''),
      at: new Date(),
    });
    if (made === null) return;
    records.push(made);
    if (trail.fate(made) === 'lose') return;
    // The event goes to the bus of the call's account. moto knows the account by the caller's access key.
    const events = localClient(EventBridgeClient, motoEndpoint, {
      accessKeyId: key,
      secretAccessKey: 'local',
    });
    await events.send(
      new PutEventsCommand({
        Entries: [
          {
            Source: 'aws.iam',
            DetailType: 'AWS API Call via CloudTrail',
            Detail: JSON.stringify(made),
          },
        ],
      }),
    );
    events.destroy();
  };

  const server = createServer((request, response) => {
    void passThrough(request, response, target)
      .then(async (call) => {
        if (serviceOf(request) === 'iam') await record({ request, ...call });
      })
      .catch((error: Error) => {
        if (!response.headersSent) response.writeHead(502);
        response.end(error.message);
      });
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return Object.assign(trail, {
    endpoint: `http://127.0.0.1:${port}`,
    records,
    senderOf: (eventId: string) => {
      const found = records.find(({ eventID }) => eventID === eventId);
      return found === undefined ? null : String(found.recipientAccountId);
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  });
}

interface Passed {
  readonly body: Buffer;
  readonly status: number;
  readonly response: Buffer;
}

async function passThrough(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: URL,
): Promise<Passed> {
  const body = await bodyOf(incoming);
  const refusal = serviceOf(incoming) === 'sts' ? await refusalOf(body.toString(), target) : null;
  if (refusal !== null) {
    outgoing.writeHead(403, { 'content-type': 'text/xml' });
    outgoing.end(refusal);
    return { body, status: 403, response: Buffer.from(refusal) };
  }
  const afterwards = await quirksOf(incoming, body, target);
  const answer = await new Promise<IncomingMessage>((done, fail) => {
    const { hostname, port } = target;
    const { method, headers, url: path } = incoming;
    httpRequest({ hostname, port, method, headers, path }, done).once('error', fail).end(body);
  });
  const response = await bodyOf(answer);
  const status = answer.statusCode ?? 502;
  if (status === 200) await afterwards();
  outgoing.writeHead(status, answer.headers);
  outgoing.end(response);
  return { body, status, response };
}

/** What moto leaves out of a call, to be done after it. */
async function quirksOf(
  incoming: IncomingMessage,
  body: Buffer,
  { origin }: URL,
): Promise<() => Promise<void>> {
  const call = new URLSearchParams(serviceOf(incoming) === 'cloudformation' ? body.toString() : '');
  const stack = call.get('StackName') ?? '';
  const action = call.get('Action');
  if (action === 'ExecuteChangeSet') return () => showOutputs(origin, stack);
  if (action === 'DeleteStack') return policiesOf(origin, stack);
  return async () => undefined;
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** SigV4: Credential=<key>/<date>/<region>/<service>/aws4_request */
function credentialOf(request: IncomingMessage): string[] {
  const scope = /Credential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1];
  return scope?.split('/') ?? [];
}

function serviceOf(request: IncomingMessage): string {
  return credentialOf(request)[3] ?? '';
}

function accessKeyOf(request: IncomingMessage): string {
  return credentialOf(request)[0] ?? 'unknown';
}

/** Reads the identity of an access key from moto, which checks no signature. */
async function callerIdentity(motoEndpoint: string, accessKeyId: string) {
  const sts = localClient(STSClient, motoEndpoint, { accessKeyId, secretAccessKey: 'local' });
  const { Arn = '', Account = '' } = await sts.send(new GetCallerIdentityCommand({}));
  sts.destroy();
  return { arn: Arn, account: Account };
}
