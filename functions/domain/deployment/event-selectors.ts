interface Basic {
  readonly ReadWriteType?: string | undefined;
  readonly IncludeManagementEvents?: boolean | undefined;
}

interface FieldSelector {
  readonly Field?: string | undefined;
  readonly Equals?: readonly string[] | undefined;
  readonly NotEquals?: readonly string[] | undefined;
  readonly StartsWith?: readonly string[] | undefined;
}

interface Advanced {
  readonly FieldSelectors?: readonly FieldSelector[] | undefined;
}

/** Whether a trail's selectors let IAM's management write events through (CloudTrail API reference). */
export function recordsWrites({
  basic,
  advanced,
}: {
  readonly basic: readonly Basic[];
  readonly advanced: readonly Advanced[];
}): boolean {
  return (
    basic.some(
      ({ ReadWriteType, IncludeManagementEvents }) =>
        // Both have defaults: All, and true.
        ReadWriteType !== 'ReadOnly' && IncludeManagementEvents !== false,
    ) ||
    advanced.some(
      ({ FieldSelectors: fields }) =>
        fields?.some((one) => one.Field === 'eventCategory' && takes(one, 'Management')) &&
        fields.every(
          (one) =>
            (one.Field !== 'readOnly' || takes(one, 'false')) &&
            (one.Field !== 'eventSource' || takes(one, 'iam.amazonaws.com')),
        ),
    )
  );
}

function takes({ Equals, NotEquals, StartsWith }: FieldSelector, value: string): boolean {
  if (NotEquals?.includes(value)) return false;
  if (Equals === undefined && StartsWith === undefined) return true;
  return [Equals?.includes(value), StartsWith?.some((start) => value.startsWith(start))].includes(
    true,
  );
}
