import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Mix } from '../fakes/large-account.ts';
import { measureBundles, measureEvents, measureMonitor, measureSweeps } from './measure.ts';
import { page } from './page.ts';
import { GROWTH_PICTURE, growthPicture } from './picture.ts';

const FILE = 'docs/benchmarks.md';
const SIZES = [100, 1000, 5000];

const usual: readonly [string, Mix] = [
  '90 % virtual, 5 % none, 5 % service',
  { fido: 0, none: 5, service: 5 },
];
const allPasskeys: readonly [string, Mix] = ['100 % passkeys', { fido: 100, none: 0, service: 0 }];
const mixes: readonly (readonly [string, Mix])[] = [
  usual,
  ['20 % passkeys, 5 % none, 5 % service', { fido: 20, none: 5, service: 5 }],
  ['90 % passkeys, 5 % none, 5 % service', { fido: 90, none: 5, service: 5 }],
  allPasskeys,
  ['half without MFA', { fido: 0, none: 50, service: 0 }],
  ['half service', { fido: 0, none: 5, service: 50 }],
];

const say = (text: string) => process.stderr.write(`${text}\n`);

const ours = [];
for (const mix of mixes) {
  for (const users of SIZES) {
    say(`sweep of ${users} users, ${mix[0]}`);
    ours.push(await measureSweeps('our-sweep', users, mix));
  }
}
const plain = [];
for (const users of SIZES) {
  say(`plain sweep of ${users} users`);
  plain.push(await measureSweeps('plain-sweep', users, usual));
}
const most = Math.max(...SIZES);
say(`readings for a monitor of ${most} users`);
const monitor = {
  users: most,
  ours: await measureMonitor('our-monitor', most, usual[1]),
  maxAge: await measureMonitor('max-age-monitor', most, usual[1]),
  plain: await measureMonitor('plain-monitor', most, usual[1]),
};
say('events, bundles');
const results = {
  command: 'npm run bench',
  machine: `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.versions.node}`,
  ours,
  plain,
  monitor,
  events: await measureEvents(),
  bundles: measureBundles(),
};
writeFileSync(FILE, page(results));
writeFileSync(GROWTH_PICTURE, growthPicture(ours, plain, usual[0], allPasskeys[0]));
say(`wrote ${FILE} and ${GROWTH_PICTURE}`);
