import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type ThirdParty, thirdParties } from './docs/third-party.ts';

/** What the npm package has of package.json. The command's dependencies are in its bundle. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly type: string;
  readonly engines: object;
  readonly bin: object;
  /** The files of the npm package, at the same paths as here, so that texts name them in both. */
  readonly files: readonly string[];
}

const RELEASES = 'release';
const DEPLOYED = 'dist/release';
/** For people who give rights. */
const POLICIES = [
  'infra/deployer-policy.json',
  'infra/deployer-policy-organization.json',
  'infra/doctor-policy.json',
  'infra/monitor-policy.json',
];
/**
 * Makes a release from what is packaged: the npm package, what a stack needs, an SBOM and the checksums. The same tree gives the
 * same bytes.
 * @param into an empty or missing folder
 */
export async function makeRelease(into: string): Promise<void> {
  const { name, version, description, license, type, engines, bin, files } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  ) as Manifest;
  const manifest = { name, version, description, license, type, engines, bin, files };
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  pack(manifest, into);
  cpSync(DEPLOYED, into, { recursive: true });
  for (const policy of POLICIES) cpSync(policy, join(into, basename(policy)));
  const sbom = cycloneDx(manifest, await thirdParties());
  writeFileSync(join(into, 'sbom.cdx.json'), `${JSON.stringify(sbom, null, 2)}\n`);
  const sums = readdirSync(into)
    .toSorted()
    .map((file) => `${sha256(readFileSync(join(into, file)))}  ${file}\n`);
  writeFileSync(join(into, 'SHA256SUMS'), sums.join(''));
}

const sha256 = (body: Uint8Array) => createHash('sha256').update(body).digest('hex');

/** Packs the npm package in a folder of its own: it has neither scripts nor dependencies. */
function pack(manifest: Manifest, into: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'npm-package-'));
  try {
    for (const path of manifest.files) cpSync(path, join(folder, path), { recursive: true });
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    npm('pack', folder, '--pack-destination', into, '--silent');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function npm(...args: readonly string[]): void {
  const program = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/**
 * The packages of others in the bundles, as a CycloneDX 1.6 document. npm's own sbom would list what is installed, and
 * name the time and the folder.
 */
function cycloneDx({ name, version, license }: Manifest, parts: readonly ThirdParty[]): object {
  const purl = (of: string, at: string) => `pkg:npm/${of.replace('@', '%40')}@${at}`;
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': purl(name, version),
        name,
        version,
        licenses: [{ license: { id: license } }],
        purl: purl(name, version),
      },
    },
    components: parts.map((one) => ({
      type: 'library',
      'bom-ref': purl(one.name, one.version),
      name: one.name,
      version: one.version,
      ...(one.licence === 'unknown' ? {} : { licenses: [{ expression: one.licence }] }),
      purl: purl(one.name, one.version),
    })),
  };
}

/** @throws if the release would not be what is committed */
function refuseChanges(): void {
  const changed = execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8' }).trimEnd();
  if (changed === '') return;
  throw new Error(`A release is made from a clean tree. Commit or remove first:\n${changed}`);
}

if (process.argv[1] === import.meta.filename) {
  try {
    refuseChanges();
    npm('run', '--silent', 'package');
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
    const into = join(RELEASES, version);
    await makeRelease(into);
    process.stdout.write(
      `${readFileSync(join(into, 'SHA256SUMS'), 'utf8')}\nThe release is in ${into}.\n`,
    );
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
