/** A proxy or a file of certificates that cannot be used. The message names the variable. */
export class BadConnection extends Error {
  override readonly name = 'BadConnection';
  /** Whether the value is wrong by itself, or the proxy did not let the call through. */
  readonly kind: 'wrong-value' | 'unreachable';

  constructor(message: string, kind: BadConnection['kind'] = 'wrong-value') {
    super(message);
    this.kind = kind;
  }
}
