// `npm run docs` writes every generated page. Tests compare the committed pages with what it would write.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { configurationText } from './configuration.ts';
import { permissionsText } from './permissions.ts';
import { sampleScpFile } from './sample-scp.ts';
import { schemaFiles } from './schemas.ts';
import { THIRD_PARTY_FILE, thirdParties, thirdPartyText } from './third-party.ts';

const files = [
  ...schemaFiles(),
  sampleScpFile(),
  { file: 'docs/configuration.md', text: configurationText() },
  { file: 'docs/permissions.md', text: await permissionsText() },
  { file: THIRD_PARTY_FILE, text: thirdPartyText(await thirdParties()) },
];

for (const { file, text } of files) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
