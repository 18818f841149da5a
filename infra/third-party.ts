import { writeFileSync } from 'node:fs';
import { THIRD_PARTY_FILE, thirdParties, thirdPartyText } from './third-party-list.ts';

/** Writes the list of what ships. */
writeFileSync(THIRD_PARTY_FILE, thirdPartyText(await thirdParties()));
