import { createServer, type Server } from 'node:http';
import { NotFoundException, SESv2Client } from '@aws-sdk/client-sesv2';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { getMailAccount, getMailIdentity, sendMail } from '../../../functions/io/ses.ts';
import { MemorySes, sesError } from '../../fakes/memory-ses.ts';
import { script } from '../../fakes/scripted-client.ts';

const mail = {
  from: 'aws@example.com',
  to: 'dana@example.com',
  subject: 'Set up MFA',
  text: 'text',
  html: '<p>text</p>',
};
const tryAgain = (problem: string) => ({ kind: 'try-again', problem, reached: false });
const wait = (seconds: number, name: string) => ({
  kind: 'wait',
  seconds,
  why: `SES is busy (${name})`,
});

describe('a mail to SES', () => {
  it('is one call with the sender, one address and both bodies', async () => {
    const ses = new MemorySes();
    expect(await sendMail(ses, mail)).toEqual({ kind: 'taken' });
    const { to, ...same } = mail;
    expect(ses.sent).toEqual([{ ...same, to: [to] }]);
  });

  it.each<[string, string, object]>([
    ['BadRequestException', 'x', { kind: 'refused', problem: 'BadRequestException (x)' }],
    ['MessageRejected', 'x', { kind: 'refused', problem: 'MessageRejected (x)' }],
    [
      'TooManyRequestsException',
      'Maximum sending rate exceeded.',
      wait(5, 'TooManyRequestsException'),
    ],
    [
      'TooManyRequestsException',
      'Daily message quota exceeded.',
      wait(900, 'TooManyRequestsException'),
    ],
    ['LimitExceededException', 'x', wait(900, 'LimitExceededException')],
    ['AccountSuspendedException', 'x', tryAgain('AccountSuspendedException (x)')],
    ['SendingPausedException', 'x', tryAgain('SendingPausedException (x)')],
    ['MailFromDomainNotVerifiedException', 'x', tryAgain('MailFromDomainNotVerifiedException (x)')],
    ['NotFoundException', 'x', tryAgain('NotFoundException (x)')],
    ['AccessDeniedException', 'x', tryAgain('AccessDeniedException (x)')],
    ['InternalServiceErrorException', 'x', tryAgain('InternalServiceErrorException (x)')],
    ['TimeoutError', 'x', tryAgain('TimeoutError (x)')],
    ['ECONNREFUSED', 'x', tryAgain('ECONNREFUSED (x)')],
  ])('that fails by %s (%s) is %j', async (name, message, posted) => {
    const ses = new MemorySes();
    ses.errors.set('*', sesError(name, message));
    expect(await sendMail(ses, mail)).toEqual(posted);
  });

  it('says why it failed in one line, without addresses', async () => {
    const ses = new MemorySes();
    const said =
      'Email address is not verified. The following identities failed the check in region\n US-EAST-1: dana@example.com, "D" <d.o@example.com>\u0007';
    ses.errors.set('*', sesError('MessageRejected', said));
    expect(await sendMail(ses, mail)).toEqual({
      kind: 'refused',
      problem:
        'MessageRejected (Email address is not verified. The following identities failed the check in region US-EAST-1: [address] "D" [address])',
    });
    ses.errors.set('*', sesError('MessageRejected', 'x'.repeat(500)));
    expect(await sendMail(ses, mail)).toMatchObject({
      problem: `MessageRejected (${'x'.repeat(200)}…)`,
    });
    ses.errors.set('*', sesError('MessageRejected', 'x'.repeat(200)));
    expect(await sendMail(ses, mail)).toMatchObject({
      problem: `MessageRejected (${'x'.repeat(200)})`,
    });
  });

  it('has no control character in what becomes a header, whatever is in it', async () => {
    const text = fc.string({ unit: 'binary' });
    const control = fc.constantFrom('\r', '\n', '\r\n', '\0', '\u0085', '\u009f');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('from', 'to', 'subject'),
        text,
        control,
        text,
        async (field, before, break_, after) => {
          const ses = new MemorySes();
          const posted = await sendMail(ses, { ...mail, [field]: before + break_ + after });
          expect(posted.kind).toBe('refused');
          expect(ses.asked).toEqual([]);
        },
      ),
    );
  });
});

describe('on the wire', () => {
  let server: Server | undefined;
  afterEach(async () => {
    await new Promise((done) => (server ? server.close(done) : done(undefined)));
    server = undefined;
  });

  it('a subject and a body are values of their own, and no header is given', async () => {
    let body = '';
    server = createServer((request, response) => {
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => response.end('{"MessageId":"1"}'));
    });
    await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const ses = new SESv2Client({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    expect(await sendMail(ses, mail)).toEqual({ kind: 'taken' });
    ses.destroy();
    server.closeAllConnections();
    expect(JSON.parse(body)).toEqual({
      FromEmailAddress: 'aws@example.com',
      Destination: { ToAddresses: ['dana@example.com'] },
      Content: {
        Simple: {
          Subject: { Data: 'Set up MFA', Charset: 'UTF-8' },
          Body: {
            Text: { Data: 'text', Charset: 'UTF-8' },
            Html: { Data: '<p>text</p>', Charset: 'UTF-8' },
          },
        },
      },
    });
  });
});

describe('what SES knows', () => {
  const answering = (answer: object) => {
    const ses = new MemorySes();
    script(ses, [answer]);
    return ses;
  };

  it.each([
    [{ VerifiedForSendingStatus: true }, { isVerified: true }],
    [{ VerifiedForSendingStatus: false }, { isVerified: false }],
    [{}, { isVerified: false }],
  ])('of an identity: %j', async (answer, is) => {
    expect(await getMailIdentity(answering(answer), 'example.com')).toEqual(is);
  });

  it('of no identity, and not of one that could not be read', async () => {
    const missing = new NotFoundException({ message: '', $metadata: {} });
    expect(await getMailIdentity(answering(missing), 'example.com')).toBeNull();
    const read = getMailIdentity(answering(new Error('AccessDenied')), 'example.com');
    await expect(read).rejects.toThrow('AccessDenied');
  });

  it.each([
    [
      { SendingEnabled: true, ProductionAccessEnabled: true },
      { isSending: true, isSandbox: false },
    ],
    [
      { SendingEnabled: false, ProductionAccessEnabled: false },
      { isSending: false, isSandbox: true },
    ],
    [{}, { isSending: false, isSandbox: true }],
  ])('of the account: %j', async (answer, is) => {
    expect(await getMailAccount(answering(answer))).toEqual(is);
  });
});
