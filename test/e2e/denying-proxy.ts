import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';

/** In front of moto: answers AccessDenied to one action, as AWS does, and passes everything else through. */
export interface DenyingProxy {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts it on loopback.
 * @param action as in a policy: "sqs:GetQueueAttributes"
 */
export async function startDenyingProxy(moto: string, action: string): Promise<DenyingProxy> {
  const { hostname, port } = new URL(moto);
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      if (actionOf(incoming, body.toString()) === action) {
        const { status, headers, text } = denial(incoming, action);
        outgoing.writeHead(status, headers).end(text);
        return;
      }
      const { method, headers, url: path } = incoming;
      const passed = httpRequest({ hostname, port, method, headers, path }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      passed.once('error', () => outgoing.destroy()).end(body);
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Lambda's API names a call by its path (Lambda API reference). */
const lambdaPaths: readonly (readonly [RegExp, string])[] = [
  [/\/functions\/[^/]+\/configuration$/, 'GetFunctionConfiguration'],
  [/\/functions\/[^/]+\/concurrency$/, 'GetFunctionConcurrency'],
  [/\/event-source-mappings\/[^/]+$/, 'GetEventSourceMapping'],
];

function actionOf({ headers, url = '' }: IncomingMessage, body: string): string {
  // SigV4: Credential=<key>/<date>/<region>/<service>/aws4_request
  const service = /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1]?.split('/')[3];
  const path = url.split('?')[0] ?? '';
  const name =
    String(headers['x-amz-target'] ?? '').split('.')[1] ??
    new URLSearchParams(body).get('Action') ??
    lambdaPaths.find(([pattern]) => pattern.test(path))?.[1];
  return `${service}:${name}`;
}

function denial({ headers }: IncomingMessage, action: string) {
  const message = `User: arn:aws:iam::123456789012:user/somebody is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
  if (String(headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) {
    const text = `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error></ErrorResponse>`;
    return { status: 403, headers: { 'content-type': 'text/xml' }, text };
  }
  return {
    status: 400,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-errortype': 'AccessDeniedException',
    },
    text: JSON.stringify({ __type: 'AccessDeniedException', message }),
  };
}
