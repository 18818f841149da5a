import type { SettingsFrom } from '../../../events/settings-from.ts';
import { overridesText, sourceText } from '../report/text.ts';

/** A number as English writes it: 5,000. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

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

/** The day of an ISO date (UTC): 2026-03-01. */
export function day(iso: string): string {
  return iso.slice(0, 10);
}

/** An ISO date to the minute: 2026-03-01 12:00 UTC. */
export function minute(iso: string): string {
  return `${day(iso)} ${iso.slice(11, 16)} UTC`;
}

/** Where settings come from, and what overrides the stack. */
export function sourceOnPage(from: SettingsFrom): string {
  return `${sourceText(from).replace(/^from /, '')}${overridesText(from)}`;
}
