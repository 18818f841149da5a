/**
 * Extends a wait until the clock's next multiple, so that messages that wait for about as long become visible together.
 * @param seconds the least wait
 * @param multiple of the clock, in seconds
 * @returns seconds, not rounded
 */
export function dueTogether(seconds: number, multiple: number, now: Date): number {
  const multipleMs = multiple * 1000;
  const due = Math.ceil((now.getTime() + seconds * 1000) / multipleMs) * multipleMs;
  return (due - now.getTime()) / 1000;
}
