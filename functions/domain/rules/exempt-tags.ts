/** A tag that exempts its users. */
export interface ExemptTag {
  readonly key: string;
  readonly value: string;
}

const QUOTED = /^"([^"]+)"\s*[=:]\s*"([^"]*)"$/;

/**
 * Reads the exempt tags of the configuration: pairs separated by commas, which no tag may contain (IAM API, TagUser).
 * A pair is key=value with one "=" in all, key:value with one ":" in all and no "=", or "key"="value" in quotes,
 * which can express any legal key and value.
 * @returns the pairs; empty for an empty text
 * @throws Error that quotes the invalid pair and shows the right form
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
    throw new Error(`${pair} is not a quoted pair like "userType"="Service"`);
  }
  // ":" is common in keys and values (aws:…, arn:…), "=" is rare: a pair with "=" is split there.
  const separator = pair.includes('=') ? '=' : ':';
  const readings = [...pair.matchAll(new RegExp(separator, 'g'))]
    .map(({ index }) => ({ key: pair.slice(0, index).trim(), value: pair.slice(index + 1).trim() }))
    .filter((tag) => tag.key !== '' && tag.value !== '');
  const [first] = readings;
  if (first === undefined) {
    throw new Error(`"${pair}" is not a key=value or key:value pair like userType=Service`);
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
