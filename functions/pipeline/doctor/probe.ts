import { randomUUID } from 'node:crypto';
import type { Probe, Proof } from '../../../events/event-path.ts';
import type { SweepRequest } from '../../../events/requests.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { type PathStage, partsOf, pathStages } from '../../domain/deployment/event-path-stages.ts';
import { getEntries } from '../../io/dynamodb.ts';
import { sendMessages } from '../../io/sqs.ts';
import { readProbe, readProof } from '../stored-path.ts';
import { type Deployment, type DeploymentContext, type Finding, runCheck } from './check.ts';
import { checkBusPolicies } from './check-bus-policies.ts';
import { checkFunctions } from './check-functions.ts';
import { checkQueues } from './check-queues.ts';
import { checkRoles } from './check-roles.ts';
import { checkEachRule } from './check-rules.ts';
import { checkTrail } from './check-trail.ts';
import { lookInSpoke, PROBE_REFUSED } from './fixes.ts';

/** What a probe works with. */
export interface ProbeDeps {
  readonly context: DeploymentContext;
  readonly deployment: Deployment;
  readonly now: () => Date;
  readonly pause: (ms: number) => Promise<unknown>;
  /** How long the event may take. */
  readonly limitMs: number;
}

/** A stage of an account's event path. */
export interface StageSeen {
  readonly stage: PathStage;
  /**
   * passed: the event went by. broken: the first that it did not pass, with what is wrong. silent: the event did not pass
   * one of these, and nothing wrong is found. unknown: the check could not run. after: behind that.
   */
  readonly status: 'passed' | 'broken' | 'silent' | 'unknown' | 'after';
  readonly message: string | null;
  readonly fix: string | null;
}

/** What the probe of an account has shown. */
export interface ProbedAccount {
  readonly account: string;
  /** off, refused: no call was made, so nothing is shown. */
  readonly status: 'proven' | 'unproven' | 'refused' | 'off';
  /** From the IAM call until on-iam-change had its event. */
  readonly latencyMs: number | null;
  readonly stages: readonly StageSeen[];
}

/** How far an account's probe has come. */
interface Progress {
  readonly probe: Probe | null;
  readonly proof: Proof | null;
}

const LOOK_EVERY_MS = 1_000;
// BatchGetItem reads a hundred entries a call, two for each account.
const LOOK_SLOWLY_MS = 5_000;
const MANY_ACCOUNTS = 100;

/**
 * Probes the event paths of accounts, all at once: it asks nightly-sweep for a probe alone, and waits until the calls have come
 * back as events.
 * @param accounts 12 digits each; an account of the organization, or the stack's own
 * @param onStep called with how many have made their call, and how many have come back
 * @throws the error of a request that could not be sent, or of a failed read of the state table
 */
export async function probeEventPaths(
  deps: ProbeDeps,
  accounts: readonly string[],
  onStep: (called: number, arrived: number) => void,
): Promise<ProbedAccount[]> {
  const { context, deployment, now, pause, limitMs } = deps;
  const idOf = (id: string) => deployment.facts.resources.get(id)?.physicalId ?? '';
  // A tag's value takes letters, digits and hyphens.
  const sweepId = `doctor-${randomUUID()}`;
  const requests = accounts.map(
    (account): SweepRequest => ({
      schema: 'mfa-enforcer/sweep-request/1',
      sweepId,
      account,
      startedAt: now().toISOString(),
      only: 'probe',
    }),
  );
  const bodies = requests.map((request) => JSON.stringify(request));
  await sendMessages(context.clients.sqs, idOf('SweepsQueue'), bodies);
  const end = now().getTime() + limitMs;
  for (;;) {
    const seen = await readProgress(deps, idOf('StateTable'), accounts, sweepId);
    const all = [...seen.values()];
    onStep(all.filter(({ probe }) => hasCalled(probe)).length, all.filter(hasArrived).length);
    if (all.every((one) => hasArrived(one) || isRefused(one)) || now().getTime() >= end) {
      return reportAll(deps, seen);
    }
    await pause(accounts.length > MANY_ACCOUNTS ? LOOK_SLOWLY_MS : LOOK_EVERY_MS);
  }
}

const hasCalled = (probe: Probe | null) => probe?.state === 'sent';
const hasArrived = ({ probe, proof }: Progress) => probe !== null && proof?.value === probe.value;
const isRefused = ({ probe }: Progress) => probe?.state === 'refused' || probe?.state === 'off';

/** @returns account → its probe of this run, and its proof */
async function readProgress(
  { context, now }: ProbeDeps,
  table: string,
  accounts: readonly string[],
  sweepId: string,
): Promise<Map<string, Progress>> {
  const ids = accounts.flatMap((one) => [stateKeys.probe(one), stateKeys.proof(one)]);
  const found = await getEntries(context.clients.dynamo, table, ids);
  return new Map(
    accounts.map((account) => {
      const about = { account, now: now() };
      const probe = readProbe(found.get(stateKeys.probe(account)), about);
      const proof = readProof(found.get(stateKeys.proof(account)), about);
      return [account, { probe: probe?.sweepId === sweepId ? probe : null, proof }];
    }),
  );
}

async function reportAll(
  deps: ProbeDeps,
  seen: ReadonlyMap<string, Progress>,
): Promise<ProbedAccount[]> {
  const checks = new Map<string, Promise<Finding[]>>();
  // The parts of the stack are the same for all accounts.
  const check = (stage: PathStage, isSpoke: boolean) => {
    const key = `${stage}/${isSpoke && (stage === 'rule' || stage === 'trail')}`;
    const before = checks.get(key) ?? checkStage(deps, stage, isSpoke);
    checks.set(key, before);
    return before;
  };
  return Promise.all([...seen].map((one) => report(deps, one, check)));
}

type CheckStage = (stage: PathStage, isSpoke: boolean) => Promise<Finding[]>;

/** The doctor's checks of what a stage is made of. */
async function checkStage(
  { context, deployment }: ProbeDeps,
  stage: PathStage,
  isSpoke: boolean,
): Promise<Finding[]> {
  // A spoke's trail cannot be read from the hub.
  if (stage === 'trail') {
    return isSpoke ? [] : runCheck(context, 'trail', () => checkTrail(context));
  }
  const ids = partsOf(stage, isSpoke);
  const { facts } = deployment;
  const resources = new Map([...facts.resources].filter(([id]) => ids.includes(id)));
  const part = { ...deployment, facts: { ...facts, resources } };
  const isForwarded = stage === 'rule' && isSpoke;
  const found = await Promise.all([
    isForwarded ? runCheck(context, 'rules', () => checkBusPolicies(context, deployment)) : [],
    checkEachRule(context, part),
    runCheck(context, 'queues', () => checkQueues(context, part)),
    runCheck(context, 'functions', () => checkFunctions(context, part)),
    runCheck(context, 'roles', () => checkRoles(context, part)),
  ]);
  return found.flat();
}

async function report(
  { context, deployment }: ProbeDeps,
  [account, progress]: readonly [string, Progress],
  check: CheckStage,
): Promise<ProbedAccount> {
  const { probe, proof } = progress;
  if (hasArrived(progress)) {
    const stages = pathStages.map((stage) => seenAs(stage, 'passed'));
    return { account, status: 'proven', latencyMs: proof?.latencyMs ?? null, stages };
  }
  if (probe !== null && (probe.state === 'off' || probe.state === 'refused')) {
    const { state, why } = probe;
    const refused = seenAs('call', 'broken', why?.text ?? null, fixOfRefusal(context, state));
    const stages = [seenAs('request', 'passed'), refused, ...after('call')];
    return { account, status: state, latencyMs: null, stages };
  }
  if (probe?.state === 'pending' && probe.why !== null) {
    const unknown = seenAs('call', 'unknown', probe.why.text, 'Probe again.');
    const stages = [seenAs('request', 'passed'), unknown, ...after('call')];
    return { account, status: 'unproven', latencyMs: null, stages };
  }
  const isSpoke = account !== context.account;
  // The call is made, or the request is still waiting. What comes after that may be broken.
  const from = pathStages.indexOf(probe?.state === 'sent' ? 'trail' : 'request');
  const to = probe?.state === 'sent' ? pathStages.length : pathStages.indexOf('call');
  const stages = pathStages.slice(0, from).map((stage) => seenAs(stage, 'passed'));
  for (const stage of pathStages.slice(from, to)) {
    const findings = await check(stage, isSpoke);
    const broken = findings.find(({ status }) => status === 'broken');
    if (broken !== undefined) {
      stages.push(seenAs(stage, 'broken', broken.message, broken.fix), ...after(stage));
      return { account, status: 'unproven', latencyMs: null, stages };
    }
    const unknown = findings.find(({ status }) => status === 'unknown');
    stages.push(
      unknown === undefined
        ? seenAs(stage, 'silent')
        : seenAs(stage, 'unknown', unknown.message, unknown.fix),
    );
  }
  stages.push(...pathStages.slice(to).map((stage) => seenAs(stage, 'after')));
  const isOutside = isSpoke && probe?.state === 'sent';
  return {
    account,
    status: 'unproven',
    latencyMs: null,
    stages: isOutside ? inSpoke(context, deployment, account, stages) : stages,
  };
}

function seenAs(
  stage: PathStage,
  status: StageSeen['status'],
  message: string | null = null,
  fix: string | null = null,
): StageSeen {
  return { stage, status, message, fix };
}

const after = (stage: PathStage) =>
  pathStages.slice(pathStages.indexOf(stage) + 1).map((one) => seenAs(one, 'after'));

const fixOfRefusal = ({ stack }: DeploymentContext, state: 'off' | 'refused') =>
  state === 'off' ? `mfa-enforcer deploy --probe nightly --stack ${stack}` : PROBE_REFUSED;

/**
 * The stages of a spoke whose event did not come although the hub is as deployed: then it did not leave its account. Only that
 * account's own credentials can read its trail and its rule.
 */
function inSpoke(
  context: DeploymentContext,
  { facts }: Deployment,
  account: string,
  stages: readonly StageSeen[],
): StageSeen[] {
  if (stages.some(({ status }) => status === 'unknown')) return [...stages];
  const fix = [
    `Look with credentials of account ${account}. If the rule or its target is missing, deploy the spoke again:`,
    ...lookInSpoke(context, facts.parameters.PolicyName ?? 'ForceMFA'),
  ].join('\n');
  const message =
    'the hub is as deployed, so the event did not leave the account: its trail is off, or its forwarding rule, that rule’s target or its role is missing';
  return stages.map((one) => (one.stage === 'rule' ? seenAs('rule', 'broken', message, fix) : one));
}
