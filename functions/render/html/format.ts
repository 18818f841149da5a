import type { SettingsFrom } from '../../../events/settings-from.ts';
import { count, overridesText, sourceText } from '../report/text.ts';

/** A count and its noun: "1 user", "5,000 users". */
export function users(value: number): string {
  return `${count(value)} ${value === 1 ? 'user' : 'users'}`;
}

/** A share in per cent. Only no user is 0%, and only all users are 100%. */
export function share(part: number, whole: number): string {
  if (part <= 0 || whole <= 0) return '0%';
  if (part >= whole) return '100%';
  const tenths = Math.round((part / whole) * 1000);
  return `${(Math.min(Math.max(tenths, 1), 999) / 10).toFixed(1)}%`;
}

/** Where settings come from, and what overrides the stack. */
export function sourceOnPage(from: SettingsFrom): string {
  return `${sourceText(from).replace(/^from /, '')}${overridesText(from)}`;
}
