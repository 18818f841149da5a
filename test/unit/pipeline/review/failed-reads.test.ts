import { describe, expect, it } from 'vitest';
import { accountReport } from '../../../../functions/pipeline/report/account-report.ts';
import { handleBatch } from '../../../../functions/pipeline/review/handle-batch.ts';
import {
  accessDenied,
  serviceFailure,
  temporarilyUnmodifiable,
  throttled,
  timedOut,
} from '../../../fakes/memory-iam.ts';
import {
  hubOf,
  iamEvent,
  POLICY,
  results,
  sweepAll,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';
import { reportDeps } from '../../../fakes/report-deps.ts';

const errors = {
  throttled,
  'access denied': accessDenied,
  'an internal error': serviceFailure,
  'a time-out': timedOut,
  'temporarily unmodifiable': temporarilyUnmodifiable,
};

/** Every reading, with a user for whom the decision needs it. */
const reads = ['GetUser', 'ListMFADevices', 'GetLoginProfile', 'ListAttachedUserPolicies'];
const bulkReads = ['GetAccountAuthorizationDetails', 'ListVirtualMFADevices'];

function accountWithDana(user: Parameters<TestPipeline['iam']['put']>[1] = {}): TestPipeline {
  const pipeline = testPipeline({ scope: 'console-users' });
  pipeline.iam.put('dana', { password: true, ...user });
  return pipeline;
}

describe.each(Object.entries(errors))('a read that fails with %s', (_, error) => {
  it.each(reads)('of one user decides nothing, and the record comes again: %s', async (action) => {
    for (const policies of [[], [POLICY]]) {
      const pipeline = accountWithDana({ policies });
      pipeline.iam.failNext(action, error);
      const settled = await handleBatch(hubOf(pipeline), [{ body: iamEvent('CreateUser') }]);
      // A record that IAM refuses temporarily comes again within seconds. Every other record fails.
      const isBack = error === temporarilyUnmodifiable;
      expect(results(settled)).toEqual([isBack ? 'fulfilled' : error().message]);
      expect(pipeline.sqs.sent).toHaveLength(isBack ? 1 : 0);
      expect(pipeline.iam.writes).toEqual([]);
      expect(pipeline.events.outcomes).toEqual([]);
    }
  });

  it.each(bulkReads)(
    'ends a sweep, which then reports nothing and sends no user: %s',
    async (action) => {
      const pipeline = accountWithDana();
      pipeline.iam.failNext(action, error);
      await expect(sweepAll(pipeline)).rejects.toThrow(error().message);
      expect(pipeline.sqs.sent).toEqual([]);
      expect(pipeline.iam.writes).toEqual([]);
    },
  );

  it.each(['ListMFADevices', 'GetLoginProfile'])(
    'of one user decides nothing in a sweep, which sends the user to review: %s',
    async (action) => {
      const pipeline = accountWithDana();
      pipeline.iam.credentialReport.age = 60_000;
      pipeline.iam.failNext(action, error);
      const swept = await sweepAll(pipeline);
      const [sent] = pipeline.sqs.sent.map(({ body }) => JSON.parse(body) as { user: string });
      expect(sent?.user).toBe('dana');
      expect(swept).toMatchObject({
        finished: { totals: { users: 0 }, failedParts: [{ part: 'users' }] },
      });
      expect(pipeline.iam.writes).toEqual([]);
    },
  );

  it.each([
    ...bulkReads,
    'ListMFADevices',
    'GetLoginProfile',
    'GetAccountSummary',
    'ListAccountAliases',
  ])('ends a report: %s', async (action) => {
    const { iam, settings, now } = accountWithDana();
    iam.failNext(action, error);
    await expect(accountReport(iam, settings, reportDeps(now()))).rejects.toThrow(error().message);
  });
});

/** Makes IAM give this answer to every call of an action. */
function answerInstead({ iam }: TestPipeline, action: string, answer: object): void {
  const send = iam.send.bind(iam);
  iam.send = async (command: object) =>
    command.constructor.name === `${action}Command` ? (answer as never) : send(command);
}

describe('an answer without what was asked for', () => {
  const empty = {
    GetUser: {},
    ListMFADevices: {},
    ListAttachedUserPolicies: {},
    ListEntitiesForPolicy: {},
    GetGroup: {},
    GetAccountSummary: { SummaryMap: {} },
  };

  it.each(Object.entries(empty))('is no answer: %s', async (action, answer) => {
    const pipeline = accountWithDana();
    answerInstead(pipeline, action, answer);
    const settled = await handleBatch(hubOf(pipeline), [{ body: iamEvent('CreateUser') }]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected']);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
  });

  it.each([
    ['GetAccountAuthorizationDetails', {}],
    ['GetAccountAuthorizationDetails', { UserDetailList: [{ UserName: 'dana' }] }],
    ['ListVirtualMFADevices', {}],
  ])('ends a sweep: %s %j', async (action, answer) => {
    const pipeline = accountWithDana();
    answerInstead(pipeline, action, answer);
    await expect(sweepAll(pipeline)).rejects.toThrow(/^\w+ answered/);
  });
});
