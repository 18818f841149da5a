/** Something is not as it must be, so nothing was done. Says what to do about it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** Lines; commands among them can be pasted. */
  readonly todo: readonly string[];

  constructor(message: string, ...todo: readonly string[]) {
    super(message);
    this.todo = todo;
  }
}
