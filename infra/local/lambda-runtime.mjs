// What Lambda's Node runtime does for a function, in a process of its own: loads the handler named by
// _HANDLER and answers one invocation at a time, over IPC.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const aheadMs = Number(process.env.LOCAL_CLOCK_AHEAD_SECONDS ?? 0) * 1000;
if (aheadMs > 0) {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...time) {
      super(...(time.length > 0 ? time : [RealDate.now() + aheadMs]));
    }
    static now() {
      return RealDate.now() + aheadMs;
    }
  };
}

const [file, name] = process.env._HANDLER.split(/\.(?=[^.]+$)/);
const module = await import(pathToFileURL(join(process.env.LAMBDA_TASK_ROOT, `${file}.mjs`)).href);

process.on('message', async ({ id, event }) => {
  const until = Date.now() + Number(process.env.LOCAL_TIMEOUT_SECONDS) * 1000;
  const context = {
    awsRequestId: id,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    getRemainingTimeInMillis: () => until - Date.now(),
  };
  try {
    process.send({ id, result: (await module[name](event, context)) ?? null });
  } catch (error) {
    process.send({ id, error: `${error.name}: ${error.message}` });
  }
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
