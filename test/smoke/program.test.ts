import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { IamServer } from '../fakes/iam-server.ts';
import { runProgram } from '../fakes/program.ts';
import { connectProxy, TEST_CA, tlsEndpoint } from '../fakes/tls-endpoint.ts';

const NOWHERE = 'http://127.0.0.1:9';

describe('the packaged program', () => {
  let server: IamServer;
  beforeAll(async () => {
    server = await IamServer.start();
    server.iam.put('dana', { password: true });
  });
  afterAll(() => server.stop());

  it('reports an unprotected user', async () => {
    const { status, stdout, stderr } = await runProgram(server.endpoint, ['report', '--json']);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ users: [{ name: 'dana' }], totals: { users: 1 } });
  });

  it('has the version of the package', async () => {
    expect(await runProgram(NOWHERE, ['--version'])).toMatchObject({
      status: 0,
      stdout: `${packageJson.version}\n`,
    });
  });

  it('reports through a proxy, with the certificates of AWS_CA_BUNDLE', async () => {
    const tls = await tlsEndpoint(server);
    const proxy = await connectProxy({ to: tls.port });
    const env = { AWS_CA_BUNDLE: TEST_CA, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const ran = await runProgram('https://aws.test', ['report', '--json'], { env });
    expect(ran).toMatchObject({ status: 1, stderr: '' });
    expect(new Set(proxy.tunnels)).toEqual(new Set(['aws.test:443']));
    tls.stop();
    proxy.stop();
  });

  it('prints the policy', async () => {
    const { status, stdout } = await runProgram(NOWHERE, ['policy']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toHaveProperty('Statement');
  });
});
