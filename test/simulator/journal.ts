import { nameKey } from '../../events/names.ts';

/** What one invocation read and did, as AWS saw it: the basis of its decisions. */
export interface ReadOf {
  /** Serial numbers, once the last page was read. */
  devices?: readonly string[];
  tags?: Readonly<Record<string, string>>;
  /** Read with the tags. */
  name?: string;
  path?: string;
  password?: boolean;
  /** At least one reading of the user was answered, even if there is no such user. */
  answered: boolean;
  /** Calls about the user that failed for good. An error that states a fact, as NoSuchEntity, is none. */
  failed: string[];
}

export class Journal {
  readonly #users = new Map<string, ReadOf>();
  readonly #pages = new Map<string, string[]>();
  /** Bodies of messages sent to come back later. */
  readonly sentBack = new Set<string>();
  /** Ids of outcomes put on the bus or into a queue. */
  readonly outcomes = new Set<string>();

  /** A call of the state table failed. */
  noteLost = false;

  of(user: string): ReadOf {
    const found = this.#users.get(nameKey(user)) ?? { answered: false, failed: [] };
    this.#users.set(nameKey(user), found);
    return found;
  }

  /** Notes an answer that the caller got. */
  answered(action: string, input: Readonly<Record<string, unknown>>, answer: object): void {
    if (typeof input.UserName !== 'string' || !/^(Get|List|Generate|Simulate)/.test(action)) return;
    const read = this.of(input.UserName);
    read.answered = true;
    switch (action) {
      case 'ListMFADevices': {
        const page = answer as { MFADevices: { SerialNumber: string }[]; IsTruncated: boolean };
        const before = input.Marker ? (this.#pages.get(input.UserName) ?? []) : [];
        const all = [...before, ...page.MFADevices.map(({ SerialNumber }) => SerialNumber)];
        this.#pages.set(input.UserName, all);
        if (!page.IsTruncated) read.devices = all;
        return;
      }
      case 'GetUser': {
        const { User } = answer as {
          User: { UserName: string; Path: string; Tags: { Key: string; Value: string }[] };
        };
        read.name = User.UserName;
        read.path = User.Path;
        read.tags = Object.fromEntries(User.Tags.map(({ Key, Value }) => [Key, Value]));
        return;
      }
      case 'GetLoginProfile':
        read.password = true;
        return;
      default:
    }
  }

  /** Notes an error that the caller got after its own retries. */
  refused(action: string, input: Readonly<Record<string, unknown>>, error: Error): void {
    if (typeof input.UserName !== 'string') return;
    const read = this.of(input.UserName);
    if (error.name === 'NoSuchEntityException') {
      if (/^(Get|List|Generate|Simulate)/.test(action)) read.answered = true;
      if (action === 'GetLoginProfile') read.password = false;
      return;
    }
    const isFact = error.name === 'LimitExceededException';
    const isRefusal =
      error.name === 'AccessDenied' && !/^(Get|List|Generate|Simulate)/.test(action);
    if (!isFact && !isRefusal) read.failed.push(`${action}: ${error.name}`);
  }
}
