import type { ExemptTag } from './settings.ts';

/**
 * Reads the exempt tags of the configuration.
 * @param text "key:value" pairs separated by commas; the first colon ends the key, so values may hold colons
 * @returns the pairs; empty for an empty text
 * @throws Error that names the pair which is none
 */
export function parseExemptTags(text: string): ExemptTag[] {
  if (text.trim() === '') return [];
  return text.split(',').map((pair) => {
    const colon = pair.indexOf(':');
    const key = pair.slice(0, Math.max(colon, 0)).trim();
    const value = pair.slice(colon + 1).trim();
    if (key === '' || value === '') {
      throw new Error(`"${pair.trim()}" is no key:value pair, as in userType:Service`);
    }
    return { key, value };
  });
}
