/**
 * Parses a document of an answer of AWS.
 * @param what the document, for the error
 * @throws if it is not JSON
 */
export function parsedDocument(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(`AWS’s answer is not JSON: ${what}`);
  }
}
