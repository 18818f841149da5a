import {
  CredentialReportExpiredException,
  CredentialReportNotPresentException,
  CredentialReportNotReadyException,
} from '@aws-sdk/client-iam';

const HOUR_MS = 60 * 60 * 1000;
/** IAM makes no new report while the last one is younger (IAM User Guide, "Getting credential reports"). */
export const REPORT_KEPT_MS = 4 * HOUR_MS;

/** The report's state at one time. */
type State = 'STARTED' | 'INPROGRESS' | 'COMPLETE';

/**
 * When IAM makes an account's credential report. Without `takesMs` a report of a chosen age is always there, which is enough for
 * most tests. With it IAM makes one on request, which takes that long, and keeps it for four hours.
 */
export class MemoryCredentialReport {
  /** How old the report is that is always there, in ms. */
  age = 0;
  /** So many requests for it find it not ready. */
  notReady = 0;
  /** How long IAM takes to make a report, in ms; null for the report that is always there. */
  takesMs: (() => number) | null = null;
  /** When the last report was ready, or will be. */
  #readyAt: number | null = null;

  /** GenerateCredentialReport. */
  generate(now: number): State {
    if (this.takesMs === null) return this.notReady > 0 ? 'STARTED' : 'COMPLETE';
    if (this.#readyAt !== null && now < this.#readyAt) return 'INPROGRESS';
    if (this.#readyAt !== null && now - this.#readyAt < REPORT_KEPT_MS) return 'COMPLETE';
    this.#readyAt = now + this.takesMs();
    return 'STARTED';
  }

  /** GetCredentialReport. @returns when IAM made the report @throws IAM's own errors */
  madeAt(now: number): number {
    if (this.takesMs === null) {
      if (this.notReady === 0) return now - this.age;
      this.notReady -= 1;
      throw notReady();
    }
    if (this.#readyAt === null) throw notPresent();
    if (now < this.#readyAt) throw notReady();
    if (now - this.#readyAt >= REPORT_KEPT_MS) throw expired();
    return this.#readyAt;
  }

  /** Lets the account have a report that was made at a time. */
  madeBefore(at: number): void {
    this.#readyAt = at;
  }
}

const notReady = () =>
  new CredentialReportNotReadyException({
    message: 'Credential report is being generated',
    $metadata: {},
  });
const notPresent = () =>
  new CredentialReportNotPresentException({
    message: 'No report found. Please generate a report',
    $metadata: {},
  });
const expired = () =>
  new CredentialReportExpiredException({
    message: 'The most recent credential report has expired',
    $metadata: {},
  });
