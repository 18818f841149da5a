import { afterAll, vi } from 'vitest';
import { forceMfaInline } from '../../functions/domain/rules/force-mfa.ts';
import { IamServer, type IamServerOptions } from './iam-server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const started: IamServer[] = [];
afterAll(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

/** An empty account behind a server, stopped after the file’s tests. */
export async function emptyAccount(options: IamServerOptions = {}): Promise<IamServer> {
  const server = await IamServer.start(options);
  started.push(server);
  return server;
}

/** An account with a user in each state, named after the state. */
export async function everyState(options: IamServerOptions = {}): Promise<IamServer> {
  const server = await emptyAccount(options);
  const { iam } = server;
  const { account, policyArn } = iam;
  const device = (name: string) => `arn:aws:iam::${account}:mfa/${name}`;
  const password = true;
  iam.alias = 'example';
  iam.put('protected', { password, devices: [device('phone')] });
  iam.put('hardware', { password, devices: ['GAHT12345678'] });
  iam.put('unprotected', { password });
  iam.put('unprotected-with-keys', {
    keys: [
      { id: 'AKIAUSED', lastUse: { at: new Date(), service: 's3', region: 'eu-west-1' } },
      { id: 'AKIANEVER' },
      { id: 'AKIAOFF', active: false },
    ],
  });
  iam.put('blocked', { password, policies: [policyArn] });
  iam.put('enrolled', { password, policies: [policyArn], devices: [device('enrolled')] });
  iam.put('exempt', { tags: { UserType: 'service' } });
  return server;
}

/** An account where no user needs a change. */
export async function cleanAccount(): Promise<IamServer> {
  const server = await emptyAccount();
  server.iam.put('dana', { password: true, devices: ['GAHT12345678'] });
  return server;
}

/** One user with every block method, and with policies and groups of their own. */
export function blockInEveryWay({ iam }: IamServer, name: string): void {
  iam.put(name, {
    policies: ['arn:aws:iam::aws:policy/ReadOnlyAccess', iam.policyArn],
    groups: ['developers', 'ForceMFA'],
    boundary: `${iam.policyArn}-boundary`,
    inline: { own: 100, ForceMFA: forceMfaInline('aws', 'console') },
  });
}

export const THOUSANDS = 5000;

/** Five thousand users, of whom every tenth is unprotected, every tenth enrolled and still blocked, and every fiftieth has no password. */
export async function thousands(): Promise<IamServer> {
  const server = await emptyAccount();
  const { iam } = server;
  for (let index = 0; index < THOUSANDS; index += 1) {
    const name = nameOf(index);
    const devices = index % 10 === 0 ? [] : [`arn:aws:iam::${iam.account}:mfa/${name}`];
    iam.put(name, {
      password: index % 50 !== 0,
      devices,
      policies: index % 10 === 1 ? [iam.policyArn] : [],
    });
  }
  return server;
}

/** The name of one of the thousands. */
export function nameOf(index: number): string {
  return `user-${String(index).padStart(4, '0')}`;
}
