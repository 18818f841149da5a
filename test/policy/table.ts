import { answer, type Cell, cells, matrix } from './matrix.ts';

// What the docs show: what people ask about.
const SHOWN = [
  'iam:CreateVirtualMFADevice',
  'iam:EnableMFADevice',
  'iam:ResyncMFADevice',
  'iam:ListMFADevices',
  'iam:ChangePassword',
  'sts:GetSessionToken',
  'iam:DeactivateMFADevice',
  'iam:DeleteVirtualMFADevice',
  'iam:CreateLoginProfile',
  'iam:CreateAccessKey',
  'iam:AttachUserPolicy',
  'sts:GetFederationToken',
];

/**
 * The matrix for an administrator who is held, as a Markdown table: one row an action, one column a session.
 * A cell says "yes", or "no" where it is denied, for every kind of user alike.
 */
export async function shortTable(): Promise<string> {
  const all = (await cells()).filter(({ baseline }) => baseline === 'administrator');
  const header = ['action', ...matrix.sessions.map(({ name }) => name)];
  const rows = await Promise.all(
    SHOWN.map(async (action) => [
      `\`${action}\``,
      ...(await Promise.all(
        matrix.sessions.map((session) =>
          summary(all.filter((cell) => cell.action === action && cell.session === session)),
        ),
      )),
    ]),
  );
  const line = (cellsOfRow: readonly string[]) => `| ${cellsOfRow.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Every action on one line, for reading through. */
export async function fullTable(): Promise<string> {
  const all = (await cells()).filter(({ baseline }) => baseline === 'administrator');
  const actions = [...new Set(all.map(({ action }) => action))];
  const lines = await Promise.all(
    actions.map(async (action) => {
      const answers = await Promise.all(
        matrix.sessions.map((session) =>
          summary(all.filter((cell) => cell.action === action && cell.session === session)),
        ),
      );
      return action.padEnd(46) + answers.map((one) => one.padEnd(8)).join('');
    }),
  );
  const columns = matrix.sessions.map(({ name }, index) => `  ${index + 1}  ${name}`).join('\n');
  const header =
    'action'.padEnd(46) + matrix.sessions.map((_, index) => String(index + 1).padEnd(8)).join('');
  return [`A held administrator: may the session do it?\n${columns}\n`, header, ...lines].join(
    '\n',
  );
}

async function summary(group: readonly Cell[]): Promise<string> {
  const verdicts = new Set(await Promise.all(group.map(answer)));
  if (verdicts.size !== 1) return [...verdicts].join('/');
  return verdicts.has('allowed') ? 'yes' : 'no';
}
