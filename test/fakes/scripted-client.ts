/** A call that a scripted client was asked for. */
export type Asked = readonly [action: string, input: Readonly<Record<string, unknown>>];

/**
 * Makes a client of the SDK answer from a script, one answer for each call. It gives answers that no fake account gives, such as
 * one without the requested field.
 * @param answers an error is thrown
 * @returns the calls, as they come
 */
export function script(
  client: { send: (command: never) => unknown },
  answers: readonly object[],
): Asked[] {
  const asked: Asked[] = [];
  const left = [...answers];
  const send = async (command: { readonly input: Readonly<Record<string, unknown>> }) => {
    // A paginator goes on with the same input.
    asked.push([command.constructor.name.replace(/Command$/, ''), { ...command.input }]);
    const answer = left.shift();
    if (answer === undefined) throw new Error('asked once too often');
    if (answer instanceof Error) throw answer;
    return answer;
  };
  Object.assign(client, { send });
  return asked;
}
