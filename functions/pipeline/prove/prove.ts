import { Interrupted, type ProveDeps } from './prove-deps.ts';
import { type Canary, type Proof, type StageName, stages, stagesOf } from './stages.ts';

/** The result of one stage. */
export interface StageResult {
  readonly stage: StageName;
  /** error: a call failed, so that nothing is shown. */
  readonly status: Proof['status'] | 'error' | 'interrupted';
  readonly ms: number;
  readonly message: string;
}

/** Shows the run as it goes on. */
export interface Watcher {
  readonly begun: (stage: StageName) => void;
  readonly ended: (result: StageResult) => void;
}

/**
 * Runs the stages with a new user. After a stage that failed only the deletion follows; the deletion always runs.
 * @param name of the new user
 */
export async function prove(
  deps: ProveDeps,
  name: string,
  { begun, ended }: Watcher,
): Promise<StageResult[]> {
  const canary: Canary = { name };
  const results: StageResult[] = [];
  const run = async (stage: StageName) => {
    begun(stage);
    const result = await runStage(deps, stage, canary);
    results.push(result);
    ended(result);
    return ['proven', 'not-provable'].includes(result.status);
  };
  for (const stage of stagesOf(deps)) {
    if (stage !== 'delete' && !(await run(stage))) break;
  }
  await run('delete');
  return results;
}

async function runStage(deps: ProveDeps, stage: StageName, canary: Canary): Promise<StageResult> {
  const from = deps.now().getTime();
  const result = (status: StageResult['status'], message: string): StageResult => ({
    stage,
    status,
    ms: deps.now().getTime() - from,
    message,
  });
  try {
    const { status, message } = await stages[stage](deps, canary);
    return result(status, message);
  } catch (error) {
    if (error instanceof Interrupted) return result('interrupted', 'interrupted');
    return result('error', deps.describe(error));
  }
}
