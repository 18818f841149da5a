import { readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { mfaEnforcer } from '../../../functions/commands/program.ts';
import { HUB } from '../../fakes/deployed.ts';
import { MemoryDynamo } from '../../fakes/memory-dynamo.ts';
import {
  anOrganization,
  contextIn,
  hubStack,
  morningAfter,
  provenMemory,
  sweptMemory,
} from '../../fakes/organization-command.ts';
import { OrganizationServer } from '../../fakes/organization-server.ts';
import { atTerminal, runPage } from '../../fakes/page-run.ts';
import { anyRelease } from '../../fakes/release.ts';

const PAGE = 'docs/quickstart.md';
const password = true;

const organization = await OrganizationServer.start({ account: HUB });
afterAll(() => organization.stop());

/** The users of the organization's accounts: two of them have no device. */
async function createUsers(): Promise<void> {
  const phone = (account: string, user: string) => ({
    password,
    devices: [`arn:aws:iam::${account}:mfa/${user}`],
  });
  const [hub] = organization.accounts;
  if (hub) organization.accounts[0] = { ...hub, name: 'security', ou: ['Security'] };
  organization.hub.iam.put('alice', phone(HUB, 'alice'));
  const accounts = [
    ['222200000001', 'sandbox-anna', ['Sandbox']],
    ['222200000002', 'sandbox-ben', ['Sandbox']],
    ['333300000001', 'billing', ['Production']],
    ['333300000002', 'shop', ['Production', 'Teams']],
    ['333300000003', 'stock', ['Production', 'Teams']],
  ] as const;
  for (const [id, name, ou] of accounts) {
    const server = await organization.add(id, name, ou, { 'mfa-enforcer:mode': 'observe' });
    server.iam.put(`${name}-admin`, phone(id, `${name}-admin`));
    if (name === 'sandbox-ben') server.iam.put('ben', { password });
    if (name === 'shop')
      server.iam.put('orders', {
        keys: [
          {
            id: 'AKIAIOSFODNN7EXAMPLE',
            lastUse: { at: new Date(), service: 's3', region: 'eu-west-1' },
          },
        ],
      });
  }
}

// test/e2e/quickstart.test.ts has the part about one account. What StackSets and Organizations do is a fake's.
it('docs/quickstart.md shows what its commands print in an organization', async () => {
  await createUsers();
  const [before = '', part = ''] = readFileSync(PAGE, 'utf8').split(/^(?=## An organization$)/m);
  const fake = anOrganization();
  fake.stack = hubStack({ Mode: 'observe' });
  let dynamo = new MemoryDynamo();
  const done = await runPage(part, async (command) => {
    // The hub's own deployment is that of one account.
    if (command === 'mfa-enforcer deploy --mode enforce') fake.stack = hubStack();
    const isOrganization = /^mfa-enforcer organization /.test(command);
    if (!isOrganization && !command.includes(' --organization ')) return null;
    if (command.endsWith(' status')) {
      const swept = [HUB, ...fake.instances.map(({ account }) => account)];
      const each = (value: (index: number) => number) =>
        Object.fromEntries(swept.map((account, index) => [account, value(index)]));
      dynamo = provenMemory(
        each((index) => 900 + index * 300),
        sweptMemory(each(() => 0)),
      );
    }
    return atTerminal(command.replace(' --profile mfa-report', ''), {
      endpoint: organization.endpoint,
      release: anyRelease(),
      folder: '.',
      program: (terminal, args) =>
        mfaEnforcer(terminal, args, async (_, options) =>
          contextIn(fake, { ...terminal, now: morningAfter }, dynamo, options),
        ),
    });
  });
  await expect(before + done).toMatchFileSnapshot(`../../../${PAGE}`);
});
