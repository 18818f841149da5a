import { manyRuns, type Plan } from './many-runs.ts';

// One of the processes of a simulation. It runs the parts that it receives.
process.on('message', (plan: Plan) => {
  void manyRuns(plan, 1).then((total) => process.send?.(total.toJSON()));
});
// Dead invocations may have left timers in real time.
process.on('disconnect', () => process.exit());
process.send?.('ready');
