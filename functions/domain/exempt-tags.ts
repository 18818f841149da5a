import type { ExemptTag } from './settings.ts';

const QUOTED = /^"([^"]+)"\s*[=:]\s*"([^"]*)"$/;

/**
 * Reads the exempt tags of the configuration: pairs separated by commas, which no tag may hold (IAM API, TagUser).
 * A pair is key=value with one "=" in all, key:value with one ":" in all and no "=", or "key"="value" in quotes,
 * which any legal key and value can be written in.
 * @returns the pairs; empty for an empty text
 * @throws Error that names the pair which is none, and how it is written
 */
export function parseExemptTags(text: string): ExemptTag[] {
  if (text.trim() === '') return [];
  return text.split(',').map((pair) => parsePair(pair.trim()));
}

/** Writes exempt tags as parseExemptTags reads them. */
export function formatExemptTags(tags: readonly ExemptTag[]): string {
  return tags.map(formatPair).join(',');
}

function parsePair(pair: string): ExemptTag {
  const quoted = QUOTED.exec(pair);
  if (quoted !== null) return { key: quoted[1] as string, value: quoted[2] as string };
  if (pair.includes('"')) {
    throw new Error(`${pair} is no pair in quotes, as in "userType"="Service"`);
  }
  // A ":" is common in keys and values (aws:…, arn:…), a "=" is rare: it decides where there is one.
  const separator = pair.includes('=') ? '=' : ':';
  const readings = [...pair.matchAll(new RegExp(separator, 'g'))]
    .map(({ index }) => ({ key: pair.slice(0, index).trim(), value: pair.slice(index + 1).trim() }))
    .filter((tag) => tag.key !== '' && tag.value !== '');
  const [first] = readings;
  if (first === undefined) {
    throw new Error(`"${pair}" is no key=value or key:value pair, as in userType=Service`);
  }
  if (pair.split(separator).length === 2) return first;
  const spellings = readings.map(formatPair).join(' or ');
  throw new Error(`"${pair}" does not say where its key ends: write ${spellings}`);
}

function formatPair({ key, value }: ExemptTag): string {
  const isBare = (text: string) => text !== '' && text === text.trim() && !text.includes('=');
  if (!isBare(key) || !isBare(value)) return `"${key}"="${value}"`;
  return `${key}${`${key}${value}`.includes(':') ? '=' : ':'}${value}`;
}
