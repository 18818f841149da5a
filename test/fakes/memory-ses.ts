import { SESv2Client, type SendEmailRequest } from '@aws-sdk/client-sesv2';

/** A mail that SES took. */
export interface SentMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** SES in memory. It takes every mail but those to an address with an error. */
export class MemorySes extends SESv2Client {
  readonly sent: SentMail[] = [];
  /** Every call's address. */
  readonly asked: string[] = [];
  /** Address → the error that SES answers; * for any address. */
  readonly errors = new Map<string, Error>();
  /** Runs after SES has taken a mail, before its answer arrives. */
  afterTaken: () => void = () => undefined;

  constructor() {
    super({
      region: 'us-east-1',
      credentials: { accessKeyId: 'memory', secretAccessKey: 'memory' },
    });
  }

  override async send(command: object): Promise<never> {
    const { FromEmailAddress, Destination, Content } = (command as { input: SendEmailRequest })
      .input;
    const to = Destination?.ToAddresses ?? [];
    this.asked.push(to.join());
    const error = this.errors.get(to.join()) ?? this.errors.get('*');
    if (error !== undefined) throw error;
    const { Subject, Body } = Content?.Simple ?? {};
    this.sent.push({
      from: FromEmailAddress ?? '',
      to,
      subject: Subject?.Data ?? '',
      text: Body?.Text?.Data ?? '',
      html: Body?.Html?.Data ?? '',
    });
    this.afterTaken();
    return { MessageId: `mail-${this.sent.length}` } as never;
  }
}

/** An error as SES answers it. */
export function sesError(name: string, message = ''): Error {
  return Object.assign(new Error(message), { name });
}
