import { vi } from 'vitest';

type Send = (command: never, client: never) => unknown;

/**
 * Answers every call of a class's clients, wherever they are made, until mocks are restored.
 * @param answer an error that it gives is thrown
 */
export function answerBy(service: { readonly prototype: { send: unknown } }, answer: Send): void {
  vi.spyOn(service.prototype as { send: () => unknown }, 'send').mockImplementation(
    async function send(this: unknown, ...args: unknown[]) {
      const given = await answer(args[0] as never, this as never);
      if (given instanceof Error) throw given;
      return given;
    } as never,
  );
}
