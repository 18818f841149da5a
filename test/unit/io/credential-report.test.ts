import { Readable } from 'node:stream';
import { IAMClient, type IAMClientConfig, NoSuchEntityException } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { getCredentialReport, listUsersInBulk } from '../../../functions/io/iam-account.ts';
import { deleteBoundary } from '../../../functions/io/iam-writes.ts';
import { script } from '../../fakes/scripted-client.ts';

const CSV = 'user,arn,password_enabled\ndana,arn:aws:iam::111122223333:user/dana,true\n';
const base64 = Buffer.from(CSV).toString('base64');
const credentials = { accessKeyId: 'memory', secretAccessKey: 'memory' };

/** A real client, which parses an answer of IAM's. */
function answering(status: number, xml: string, streamed = false): IAMClient {
  const body = streamed ? Readable.from([xml.slice(0, 70), xml.slice(70)]) : Buffer.from(xml);
  const handle = async () => ({
    response: { statusCode: status, headers: { 'content-type': 'text/xml' }, body },
  });
  return new IAMClient({
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
    requestHandler: { handle } as unknown as NonNullable<IAMClientConfig['requestHandler']>,
  });
}

const report = (content: string) =>
  `<GetCredentialReportResponse><GetCredentialReportResult>${content}<ReportFormat>text/csv</ReportFormat></GetCredentialReportResult></GetCredentialReportResponse>`;
const TIME = '<GeneratedTime>2026-03-01T10:12:13Z</GeneratedTime>';

describe('the credential report', () => {
  it.each([
    ['at once', `<Content>${base64}</Content>${TIME}`, false],
    ['piece by piece', `<Content>${base64}</Content>${TIME}`, true],
  ])('is read %s', async (_, content, streamed) => {
    expect(await getCredentialReport(answering(200, report(content), streamed))).toEqual({
      csv: CSV,
      generatedAt: new Date('2026-03-01T10:12:13Z'),
    });
  });

  it('is not available yet if IAM reports that', async () => {
    const error =
      '<ErrorResponse><Error><Type>Sender</Type><Code>ReportInProgress</Code></Error></ErrorResponse>';
    expect(await getCredentialReport(answering(404, error))).toBeNull();
  });

  it('that cannot be had is an error', async () => {
    const error =
      '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>';
    await expect(getCredentialReport(answering(403, error))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });

  it.each([report(TIME), report('</Content><Content>'), report(`<Content>${base64}</Content>`)])(
    'without its text or its time is an error, too',
    async (xml) => {
      await expect(getCredentialReport(answering(200, xml))).rejects.toThrow();
    },
  );
});

describe('a page of users', () => {
  it.each([
    [null, undefined],
    ['m', 'm'],
  ])('begins at the marker %j, and names the next one', async (from, Marker) => {
    const iam = new IAMClient({ region: 'us-east-1', credentials });
    const asked = script(iam, [
      { UserDetailList: [], IsTruncated: true, Marker: 'n' },
      { UserDetailList: [] },
    ]);
    const next = [];
    for await (const page of listUsersInBulk(iam, 'ForceMFA', from)) next.push(page.next);
    expect(next).toEqual(['n', null]);
    expect(asked.map(([, input]) => input.Marker)).toEqual([Marker, 'n']);
  });
});

describe('the result of a removal', () => {
  const missing = () => new NoSuchEntityException({ message: 'no', $metadata: {} });

  it.each([
    ['true if it was there', {}, true],
    ['false if it was not', missing(), false],
    [
      'was there, most likely, where an answer was lost',
      Object.assign(missing(), { lostAnswer: true }),
      'likely',
    ],
  ])('%s', async (_, answer, there) => {
    const iam = new IAMClient({ region: 'us-east-1', credentials });
    const asked = script(iam, [answer]);
    expect(await deleteBoundary(iam, 'dana')).toBe(there);
    expect(asked).toEqual([['DeleteUserPermissionsBoundary', { UserName: 'dana' }]]);
  });

  it('is unknown after another error', async () => {
    const iam = new IAMClient({ region: 'us-east-1', credentials });
    const denied = new Error('denied');
    script(iam, [denied]);
    await expect(deleteBoundary(iam, 'dana')).rejects.toBe(denied);
  });
});
