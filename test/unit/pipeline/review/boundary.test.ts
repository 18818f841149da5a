import { expect, it } from 'vitest';
import {
  BOUNDARY,
  handle,
  iamEvent,
  START,
  sweepRequest,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const TIGHT = 'arn:aws:iam::111122223333:policy/DevelopersMayOnlyRead';
const PHONE = 'arn:aws:iam::111122223333:mfa/danas-phone';
const TEN = Array.from({ length: 10 }, (_, index) => `arn:aws:iam::aws:policy/P${index}`);
const GROUPS = Array.from({ length: 10 }, (_, index) => `group-${index}`);

/** dana can be blocked by a boundary or an inline deny only. */
function withDana(change: Parameters<typeof testPipeline>[0] = {}): TestPipeline {
  const pipeline = testPipeline({ boundaryDeny: true, ...change });
  pipeline.iam.put('dana', { policies: TEN, groups: GROUPS });
  pipeline.clock.time += 3_600_000;
  return pipeline;
}

/** An event of this moment. */
function eventNow({ clock }: TestPipeline, eventName: string, parameters = {}): string {
  return iamEvent(eventName, { ago: -(clock.time - START) / 1000, parameters });
}

/** An administrator sets a boundary just before dana is read the second time. */
function setAtSecondReading({ iam }: TestPipeline): void {
  const { send } = iam;
  let readings = 0;
  iam.send = async (command: object) => {
    readings += command.constructor.name === 'GetUserCommand' ? 1 : 0;
    if (readings === 2) iam.put('dana', { boundary: TIGHT });
    return send.call(iam, command);
  };
}

const kinds = ({ events }: TestPipeline) => events.outcomes.map(({ kind }) => kind);

it('a boundary that was set seconds ago, and does not show yet, is never replaced', async () => {
  const pipeline = withDana();
  const { iam, clock, sqs } = pipeline;
  // An administrator limits dana, and takes her phone away. The event of the boundary is not in this batch.
  iam.put('dana', { boundary: TIGHT });
  const lost = eventNow(pipeline, 'DeactivateMFADevice', { serialNumber: PHONE });
  clock.time += 5_000;
  iam.lag = 10_000;

  expect(await handle(pipeline, lost)).toEqual(['fulfilled']);
  expect(iam.writes).toEqual([]);
  expect(sqs.sent).toMatchObject([{ body: lost, delaySeconds: 115 }]);
  expect(kinds(pipeline)).toEqual([]);

  clock.time += 115_000;
  expect(await handle(pipeline, lost)).toEqual(['fulfilled']);
  expect(iam.user('dana')?.boundary).toBe(TIGHT);
  expect(pipeline.events.outcomes).toMatchObject([
    { kind: 'could-not-enforce', boundarySeen: TIGHT },
  ]);

  // dana enrols.
  iam.put('dana', { devices: [PHONE] });
  clock.time += 20_000;
  await handle(pipeline, eventNow(pipeline, 'EnableMFADevice', { serialNumber: PHONE }));
  expect(iam.user('dana')?.boundary).toBe(TIGHT);
  // An administrator deactivated the device that dana has enrolled again.
  expect(kinds(pipeline)).toEqual(['could-not-enforce', 'enrolment-suspicious']);
});

it('a user without a boundary is blocked once every reading shows the change, and the outcome has what was seen', async () => {
  const pipeline = withDana();
  const { iam, clock, sqs } = pipeline;
  const lost = eventNow(pipeline, 'DeactivateMFADevice', { serialNumber: PHONE });
  await handle(pipeline, lost);
  expect(sqs.sent).toMatchObject([{ delaySeconds: 120 }]);
  clock.time += 120_000;
  await handle(pipeline, lost);
  expect(iam.user('dana')?.boundary).toBe(BOUNDARY);
  expect(pipeline.events.outcomes).toMatchObject([
    { kind: 'user-blocked', method: 'boundary', boundarySeen: null },
  ]);
});

it.each([
  ['the deny group', { groups: [] }, 'deny-group'],
  ['the managed policy', { policies: [] }, 'managed-policy'],
])('a user that %s can block is not delayed', async (_, user, method) => {
  const pipeline = withDana();
  pipeline.iam.put('dana', user);
  await handle(pipeline, eventNow(pipeline, 'DeactivateMFADevice', { serialNumber: PHONE }));
  expect(pipeline.events.outcomes).toMatchObject([{ kind: 'user-blocked', method }]);
  expect(pipeline.events.outcomes[0]).not.toHaveProperty('boundarySeen');
});

it('a user found by a sweep is not delayed: no change is known', async () => {
  const pipeline = withDana();
  await handle(pipeline, sweepRequest('dana'));
  expect(pipeline.events.outcomes).toMatchObject([{ kind: 'user-blocked', method: 'boundary' }]);
});

it('a boundary set between the reading and the block stays, and the outcome of the next method names it', async () => {
  const pipeline = withDana({ inlineDeny: true });
  setAtSecondReading(pipeline);
  await handle(pipeline, sweepRequest('dana'));
  expect(pipeline.iam.user('dana')?.boundary).toBe(TIGHT);
  expect(pipeline.events.outcomes).toMatchObject([
    { kind: 'user-blocked', method: 'inline-policy', boundarySeen: TIGHT },
  ]);
});

it('the unblock takes ours away, and not one that was set since the reading', async () => {
  const pipeline = withDana();
  const { iam } = pipeline;
  iam.put('dana', { boundary: BOUNDARY, devices: [PHONE] });
  setAtSecondReading(pipeline);
  const enrolled = eventNow(pipeline, 'EnableMFADevice', { serialNumber: PHONE });
  expect(await handle(pipeline, enrolled)).toEqual(['fulfilled']);
  expect(iam.user('dana')?.boundary).toBe(TIGHT);
  expect(iam.writes).toEqual([]);
  expect(kinds(pipeline)).toEqual([]);

  // The message comes back, and finds nothing to do.
  expect(pipeline.sqs.sent).toHaveLength(1);
  await handle(pipeline, enrolled);
  expect(kinds(pipeline)).toEqual([]);
});
