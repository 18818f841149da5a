/**
 * The way of a probe, in its order: nightly-sweep takes the request and makes an IAM call, and its event goes by the trail,
 * a rule and the queue of IAM changes to on-iam-change, which records it.
 */
export const pathStages = [
  'request',
  'call',
  'trail',
  'rule',
  'queue',
  'function',
  'outcome',
] as const;
export type PathStage = (typeof pathStages)[number];

/** The parts of the stack that each stage is made of: logical ids. */
const parts: Readonly<Record<PathStage, readonly string[]>> = {
  request: [
    'SweepsQueue',
    'NightlySweepLambdaFunction',
    'NightlySweepEventSourceMappingSQSSweepsQueue',
    'NightlySweepRole',
  ],
  // The call and the trail have no parts in the stack.
  call: [],
  trail: [],
  rule: ['PolicyChangesRule'],
  queue: ['IamChangesQueue'],
  function: ['OnIamChangeLambdaFunction', 'OnIamChangeEventSourceMappingSQSIamChangesQueue'],
  outcome: ['OnIamChangeRole'],
};

/** The hub's rule for events that spokes forward. A spoke's own rule is in its account. */
const FORWARDED = ['ForwardedRule'];

/**
 * The logical ids that a stage depends on.
 * @param isSpoke the probed account is not the one of the stack
 */
export function partsOf(stage: PathStage, isSpoke: boolean): readonly string[] {
  return stage === 'rule' && isSpoke ? FORWARDED : parts[stage];
}
