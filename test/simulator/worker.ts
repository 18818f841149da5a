import { manyRuns, type Plan } from './many-runs.ts';

// One of the processes of a simulation: works on the parts that it is sent.
process.on('message', (plan: Plan) => {
  void manyRuns(plan, 1).then((total) => process.send?.(total.toJSON()));
});
// Timers in real time may be left of what died.
process.on('disconnect', () => process.exit());
process.send?.('ready');
