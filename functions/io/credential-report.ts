import { text } from 'node:stream/consumers';
import {
  CredentialReportNotReadyException,
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { needs } from './needs.ts';

/**
 * Has IAM make the account's credential report, unless one younger than four hours is there (IAM User Guide, "Getting
 * credential reports"). Changes nothing else.
 * @returns whether the report can be had at once
 */
export const generateCredentialReport = needs(
  ['iam:GenerateCredentialReport'],
  async (iam: IAMClient): Promise<boolean> => {
    const { State } = await iam.send(new GenerateCredentialReportCommand({}));
    return State === 'COMPLETE';
  },
);

/** The account's credential report as CSV, up to four hours old; or null while IAM still makes it. */
export const getCredentialReport = needs(
  ['iam:GetCredentialReport'],
  async (iam: IAMClient): Promise<string | null> => {
    const command = new GetCredentialReportCommand({});
    const aside = contentAside(command);
    try {
      const { Content } = await iam.send(command);
      const csv = aside() ?? (Content && new TextDecoder().decode(Content));
      if (csv === undefined) throw new Error('GetCredentialReport answered without the report');
      return csv;
    } catch (error) {
      if (error instanceof CredentialReportNotReadyException) return null;
      throw error;
    }
  },
);

const [BEGIN, END] = ['<Content>', '</Content>'];

/**
 * Takes the report out of the answer before the SDK parses it: its XML parser takes some 30 bytes for each character of
 * a text, and a large account's report has millions.
 * @returns gives the report, decoded, once the command has been sent
 */
function contentAside(command: GetCredentialReportCommand): () => string | undefined {
  let content: string | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { body: NodeJS.ReadableStream | Uint8Array };
      const { body } = response;
      const xml = body instanceof Uint8Array ? new TextDecoder().decode(body) : await text(body);
      const [begin, end] = [xml.indexOf(BEGIN), xml.indexOf(END)];
      const isThere = begin !== -1 && end > begin;
      if (isThere) {
        const base64 = xml.slice(begin + BEGIN.length, end).replaceAll(/&#\w+;/g, '');
        content = Buffer.from(base64, 'base64').toString();
      }
      response.body = Buffer.from(
        isThere ? xml.slice(0, begin) + xml.slice(end + END.length) : xml,
      );
      return result;
    },
    // Next to the wire, below the SDK's own parsing.
    { step: 'deserialize', priority: 'low', name: 'contentAside' },
  );
  return () => content;
}
