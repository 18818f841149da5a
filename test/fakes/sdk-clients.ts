import { vi } from 'vitest';

type Send = (command: never, client: never) => unknown;

/** Answers every call of a class's clients, wherever they are made, until mocks are restored. */
export function answerBy(service: { readonly prototype: { send: unknown } }, answer: Send): void {
  vi.spyOn(service.prototype as { send: () => unknown }, 'send').mockImplementation(
    async function send(this: unknown, ...args: unknown[]) {
      return answer(args[0] as never, this as never);
    } as never,
  );
}
