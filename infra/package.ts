import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAIL_TEXT_FILE } from './bundle.ts';
import { type PackagedTemplate, releaseTemplate } from './release-template.ts';

const PACKAGED = '.serverless';
const RELEASE = 'dist/release';

/** Writes what is deployed, from what osls has packaged, into dist/release/: templates, the deployer's policies and zip files. */
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const packaged = JSON.parse(
  readFileSync(join(PACKAGED, 'cloudformation-template-update-stack.json'), 'utf8'),
) as PackagedTemplate;

rmSync(RELEASE, { recursive: true, force: true });
mkdirSync(RELEASE, { recursive: true });

const { template, code } = releaseTemplate(
  packaged,
  { name: 'iam-mfa-enforcer-prod', version },
  (zip) =>
    createHash('sha256')
      .update(readFileSync(join(PACKAGED, zip)))
      .digest('hex')
      .slice(0, 16),
);
for (const { zip, name } of code) copyFileSync(join(PACKAGED, zip), join(RELEASE, name));
writeFileSync(join(RELEASE, 'template.json'), `${JSON.stringify(template, null, 1)}\n`);
for (const name of ['spoke.yml', 'deployer-policy.json', 'deployer-policy-organization.json']) {
  copyFileSync(join('infra', name), join(RELEASE, name));
}
copyFileSync(MAIL_TEXT_FILE, join(RELEASE, 'mail-text.md'));
