/** A record that comes back later by plan: nothing went wrong with it. */
export class Postponed extends Error {
  override readonly name = 'Postponed';
}
