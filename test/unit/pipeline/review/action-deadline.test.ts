import {
  AttachUserPolicyCommand,
  IAMClient,
  type ListUsersCommandOutput,
  paginateListUsers,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ActionDeadline } from '../../../../functions/pipeline/review/deadline.ts';
import { IamServer } from '../../../fakes/iam-server.ts';

const BEGUN = new Date('2026-03-01T12:00:00Z');
const attach = new AttachUserPolicyCommand({
  UserName: 'dana',
  PolicyArn: 'arn:aws:iam::111122223333:policy/ForceMFA',
});

let server: IamServer;
let iam: IAMClient;

// The SDK's own retries and its own handler of HTTP: it is theirs when a signal is looked at.
beforeEach(async () => {
  server = await IamServer.start();
  server.iam.put('dana');
  iam = new IAMClient({
    region: 'us-east-1',
    endpoint: server.endpoint,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
});
afterEach(async () => {
  iam.destroy();
  await server.stop();
});

it('has calls made while it lasts', async () => {
  const time = new ActionDeadline(BEGUN, () => new Date(BEGUN.getTime() + 49_000));
  time.check();
  await time.limit(iam).send(attach);
  expect(server.iam.isBlocked('dana')).toBe(true);
});

it('makes no call when it is over', async () => {
  const time = new ActionDeadline(BEGUN, () => new Date(BEGUN.getTime() + 49_001));
  expect(() => time.check()).toThrow('the readings are too old to act on');
  await expect(time.limit(iam).send(attach)).rejects.toThrow('the readings are too old to act on');
  expect(server.counts).toEqual({});
});

it('makes no second attempt if it is over by then', async () => {
  server.failNext('AttachUserPolicy', 'ServiceFailure');
  // Lambda froze the process between the two.
  const now = () => new Date(BEGUN.getTime() + (server.counts.AttachUserPolicy ?? 0) * 600_000);
  const limited = new ActionDeadline(BEGUN, now).limit(iam);
  const error = await limited.send(attach).catch((thrown: Error) => thrown);
  expect(error).toEqual(new Error('the readings are too old to act on'));
  expect(server.counts).toEqual({ AttachUserPolicy: 1 });
});

it('limits the calls of a paginator too', async () => {
  server.iam.pages = { size: 1, empty: false };
  server.iam.put('erin');
  const now = () => new Date(BEGUN.getTime() + (server.counts.ListUsers ?? 0) * 600_000);
  const pages: ListUsersCommandOutput[] = [];
  const client = new ActionDeadline(BEGUN, now).limit(iam);
  const read = async () => {
    for await (const page of paginateListUsers({ client }, {})) pages.push(page);
  };
  await expect(read()).rejects.toThrow('the readings are too old to act on');
  expect(pages.map(({ Users }) => Users?.map(({ UserName }) => UserName))).toEqual([['dana']]);
});
