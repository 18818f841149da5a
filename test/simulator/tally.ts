/** Counts by name, in the order of first appearance. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string, more = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + more);
  }

  count(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  addAll(other: Tally): void {
    for (const [name, count] of other.#counts) this.add(name, count);
  }

  entries(): [string, number][] {
    return [...this.#counts];
  }
}
