import { Outcome } from '../../../events/outcome.ts';
import samples from '../../../events/outcome-samples.json' with { type: 'json' };

/** Sample outcomes of each kind by name, each as it is published: for previews without a Slack workspace. */
export const sampleOutcomes: Readonly<Record<string, Outcome>> = Object.fromEntries(
  Object.entries(samples).map(([name, value]) => [name, Outcome.parse(value)]),
);
