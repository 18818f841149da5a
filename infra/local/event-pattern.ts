/** Whether an event matches a pattern, by the operators of EventBridge that our rules use. */
export function matchesPattern(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern)) {
    const values = Array.isArray(value) ? value : [value];
    return pattern.some((one) => values.some((each) => matchesOne(one, each)));
  }
  return Object.entries(pattern as object).every(([key, inner]) => {
    if (key === '$or') return (inner as unknown[]).some((one) => matchesPattern(one, value));
    return matchesPattern(inner, (value as Record<string, unknown> | undefined)?.[key]);
  });
}

function matchesOne(one: unknown, value: unknown): boolean {
  if (typeof one !== 'object' || one === null) return one === value;
  const [operator, operand] = Object.entries(one)[0] ?? ['', undefined];
  if (operator === 'exists') return operand === (value !== undefined);
  if (typeof value !== 'string') return false;
  const text = String(operand);
  switch (operator) {
    case 'prefix':
      return value.startsWith(text);
    case 'suffix':
      return value.endsWith(text);
    case 'equals-ignore-case':
      return value.toLowerCase() === text.toLowerCase();
    case 'wildcard': {
      const parts = text.split('*').map((part) => part.replaceAll(/[^\w]/g, '\\$&'));
      return new RegExp(`^${parts.join('.*')}$`).test(value);
    }
    default:
      throw new Error(`no operator ${operator}`);
  }
}
