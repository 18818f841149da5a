import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { IamServer, type IamServerOptions } from './iam-server.ts';
import { answerXml, errorXml, namespaces } from './iam-xml.ts';

/** An account of the organization. */
export interface ServedAccount {
  readonly id: string;
  readonly name: string;
  /** Names of the units around it, outermost first. */
  readonly ou: readonly string[];
  readonly state: 'ACTIVE' | 'SUSPENDED';
  readonly server: IamServer;
}

const ORGANIZATION = 'o-exampleorg';
const ROOT = 'r-exam';
// AWS's largest page.
const PAGE = 20;
const HOUR_MS = 60 * 60_000;

/**
 * A whole organization on loopback: AWS Organizations over its JSON protocol, STS, and an IamServer for each account.
 * As with AWS, the credentials decide a call's account: those of AssumeRole name it in their key.
 */
export class OrganizationServer {
  readonly hub: IamServer;
  readonly hubAccount: string;
  readonly accounts: ServedAccount[] = [];
  /** http://127.0.0.1:<port> */
  endpoint = '';
  /** Actions of Organizations that are denied. */
  readonly denied = new Set<string>();
  /** Accounts whose role gives a session of the account named here. */
  readonly misled = new Map<string, string>();
  /** Calls to Organizations and STS, by action. */
  readonly counts: Record<string, number> = {};
  /** The accounts whose role was assumed, in order. */
  readonly assumed: string[] = [];
  readonly #server: Server;

  private constructor(hub: IamServer) {
    this.hub = hub;
    this.hubAccount = hub.iam.account;
    this.accounts.push({
      id: this.hubAccount,
      name: 'Management',
      ou: [],
      state: 'ACTIVE',
      server: hub,
    });
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  /** Starts an organization that has one account, the hub's. */
  static async start(options: IamServerOptions = {}): Promise<OrganizationServer> {
    const one = new OrganizationServer(await IamServer.start(options));
    await new Promise<void>((done) => one.#server.listen(0, '127.0.0.1', done));
    const address = one.#server.address();
    one.endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    return one;
  }

  /**
   * Adds an account.
   * @param tags the tags of its read role, or null without the role
   */
  async add(
    id: string,
    name: string,
    ou: readonly string[],
    tags: Readonly<Record<string, string>> | null = {},
    state: ServedAccount['state'] = 'ACTIVE',
  ): Promise<IamServer> {
    const server = await IamServer.start({ account: id });
    if (tags !== null) server.iam.roles['ForceMFA-read'] = { ...tags };
    this.accounts.push({ id, name, ou, state, server });
    return server;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
    await Promise.all(this.accounts.map(({ server }) => server.stop()));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') this.#organizations(target, request, response);
    else this.#query(request, response);
  }

  /** IAM and STS. */
  #query(request: IncomingMessage, response: ServerResponse): void {
    const key = /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const service = request.headers.authorization?.includes('/sts/') ? 'sts' : 'iam';
    if (service === 'sts' && !key.startsWith('ASIA')) {
      this.#sts(request, response);
      return;
    }
    const account = key.startsWith('ASIA') ? key.slice(4) : this.hubAccount;
    const server = this.accounts.find(({ id }) => id === account)?.server ?? this.hub;
    server.serve(request, response);
  }

  #sts(request: IncomingMessage, response: ServerResponse): void {
    void bodyOf(request).then((body) => {
      const form = new URLSearchParams(body);
      const action = form.get('Action') ?? '';
      this.counts[action] = (this.counts[action] ?? 0) + 1;
      if (action === 'GetCallerIdentity') {
        const { account, caller } = this.hub.iam;
        const answer = { Account: account, Arn: caller, UserId: 'AIDAEXAMPLE' };
        send(response, 200, answerXml(namespaces.sts, action, answer));
        return;
      }
      const arn = form.get('RoleArn') ?? '';
      const [, , , , account = '', role = ''] = arn.split(':');
      const name = role.replace('role/', '');
      const there = this.accounts.find(({ id }) => id === account);
      if (there?.state !== 'ACTIVE' || !there.server.iam.roles[name]) {
        const message = `User: ${this.hub.iam.caller} is not authorized to perform: sts:AssumeRole on resource: ${arn}`;
        const refusal = { type: 'Sender', code: 'AccessDenied', message };
        send(response, 403, errorXml(namespaces.sts, refusal));
        return;
      }
      this.assumed.push(account);
      const where = this.misled.get(account) ?? account;
      const answer = {
        Credentials: {
          AccessKeyId: `ASIA${where}`,
          SecretAccessKey: 'secret',
          SessionToken: 'token',
          Expiration: new Date(Date.now() + HOUR_MS),
        },
        AssumedRoleUser: {
          AssumedRoleId: 'AROAEXAMPLE:session',
          Arn: `arn:aws:sts::${where}:assumed-role/${name}/${form.get('RoleSessionName')}`,
        },
      };
      send(response, 200, answerXml(namespaces.sts, action, answer));
    });
  }

  #organizations(target: string, request: IncomingMessage, response: ServerResponse): void {
    void bodyOf(request).then((body) => {
      const action = target.split('.')[1] ?? '';
      this.counts[action] = (this.counts[action] ?? 0) + 1;
      const input = JSON.parse(body || '{}') as { ParentId?: string; NextToken?: string };
      const answer = this.denied.has(action)
        ? null
        : this.#answer(action, input.ParentId ?? '', input.NextToken);
      const text = JSON.stringify(
        answer ?? {
          __type: 'AccessDeniedException',
          Message: "You don't have permissions to access this resource.",
        },
      );
      send(response, answer === null ? 400 : 200, text, 'application/x-amz-json-1.1');
    });
  }

  #answer(action: string, parent: string, token: string | undefined): object {
    const units = this.#units();
    switch (action) {
      case 'DescribeOrganization':
        return { Organization: { Id: ORGANIZATION, MasterAccountId: this.hubAccount } };
      case 'ListRoots':
        return { Roots: [{ Id: ROOT, Name: 'Root' }] };
      case 'ListAccounts':
        return page('Accounts', this.accounts.map(accountJson), token);
      case 'ListAccountsForParent': {
        const below = this.accounts.filter(({ ou }) => units.get(ou.join('/')) === parent);
        return page('Accounts', below.map(accountJson), token);
      }
      case 'ListOrganizationalUnitsForParent': {
        const below = [...units]
          .filter(([path]) => path !== '' && units.get(path.replace(/\/?[^/]*$/, '')) === parent)
          .map(([path, Id]) => ({ Id, Name: path.split('/').at(-1) }));
        return page('OrganizationalUnits', below, token);
      }
      default:
        throw new Error(`OrganizationServer does not know ${action}`);
    }
  }

  /** Path → id. */
  #units(): Map<string, string> {
    const units = new Map([['', ROOT]]);
    for (const { ou } of this.accounts) {
      for (let depth = 1; depth <= ou.length; depth += 1) {
        const path = ou.slice(0, depth).join('/');
        if (!units.has(path)) {
          units.set(path, `ou-exam-${String(units.size).padStart(8, '0')}`);
        }
      }
    }
    return units;
  }

  /** The id of a unit, by its path. */
  unit(path: string): string {
    return this.#units().get(path) ?? '';
  }
}

/** Every second page is empty with more to come, as AWS's may be. */
function page(name: string, all: readonly object[], token = '0'): object {
  const [at = '0', wasEmpty] = token.split('/');
  const from = Number(at);
  if (from > 0 && !wasEmpty) return { [name]: [], NextToken: `${from}/empty` };
  const to = from + PAGE;
  return {
    [name]: all.slice(from, to),
    ...(to < all.length ? { NextToken: String(to) } : {}),
  };
}

function accountJson({ id, name, state }: ServedAccount): object {
  return { Id: id, Name: name, State: state, Status: state };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, body: string, type = 'text/xml'): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
