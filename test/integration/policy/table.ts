import { answer, arnOf, type Cell, cells, matrix } from './matrix.ts';

// The docs show the actions that people ask about.
const SHOWN = [
  'iam:CreateVirtualMFADevice',
  'iam:EnableMFADevice',
  'iam:ResyncMFADevice',
  'iam:ListMFADevices',
  'iam:ChangePassword',
  'sts:GetSessionToken',
  'signin:Authenticate',
  'signin:CreateOAuth2Token',
  'iam:DeactivateMFADevice',
  'iam:DeleteVirtualMFADevice',
  'iam:CreateLoginProfile',
  'iam:CreateAccessKey',
  'iam:AttachUserPolicy',
  'sts:GetFederationToken',
];

/** The cells of one line. */
interface Row {
  readonly action: string;
  /** The resource, e.g. "another user", where the rule distinguishes resources; else empty. */
  readonly on: string;
  readonly cells: readonly Cell[];
}

/** The rights of a blocked administrator: one row for each action, or two where the rule distinguishes the user from others. */
async function rows(): Promise<Row[]> {
  const all = (await cells()).filter(({ baseline }) => baseline === 'administrator');
  const own = ({ resource, user }: Cell) => resource === arnOf(user);
  const inConsole = ({ resource }: Cell) => resource.includes(':signin:::console/');
  return [...new Set(all.map(({ action }) => action))].flatMap((action) => {
    const ofAction = all.filter((cell) => cell.action === action);
    const open = matrix.open[action];
    const parted = (on: string, others: string, isOn: (cell: Cell) => boolean) =>
      [
        { action, on, cells: ofAction.filter(isOn) },
        { action, on: others, cells: ofAction.filter((cell) => !isOn(cell)) },
      ].filter((row) => row.cells.length > 0);
    if (open === 'own user') return parted('oneself', 'another user', own);
    if (open === 'console') return parted('the console', 'another client', inConsole);
    return [{ action, on: '', cells: ofAction }];
  });
}

/**
 * The matrix for a blocked administrator, as a Markdown table with one column for each session. A cell says "yes" or "no",
 * or names the answers where they differ between kinds of users.
 */
export async function shortTable(): Promise<string> {
  const all = await rows();
  const shown = SHOWN.flatMap((action) => all.filter((row) => row.action === action));
  const header = ['action', ...matrix.sessions.map(({ name }) => name)];
  const lines = await Promise.all(
    shown.map(async (row) => [
      `\`${row.action}\`${row.on && ` on ${row.on}`}`,
      ...(await answers(row)),
    ]),
  );
  const line = (cellsOfRow: readonly string[]) => `| ${cellsOfRow.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...lines.map(line)].join('\n');
}

/** Every action, for a reader. */
export async function fullTable(): Promise<string> {
  const lines = await Promise.all(
    (await rows()).map(async (row) => {
      const columns = (await answers(row)).map((one) => one.padEnd(8)).join('');
      return `${row.action} ${row.on}`.padEnd(46) + columns;
    }),
  );
  const columns = matrix.sessions.map(({ name }, index) => `  ${index + 1}  ${name}`).join('\n');
  const header =
    'action'.padEnd(46) + matrix.sessions.map((_, index) => String(index + 1).padEnd(8)).join('');
  return [`A blocked administrator: may the session do it?\n${columns}\n`, header, ...lines].join(
    '\n',
  );
}

/** One column for each session. */
function answers(row: Row): Promise<string[]> {
  return Promise.all(
    matrix.sessions.map((session) => summary(row.cells.filter((cell) => cell.session === session))),
  );
}

async function summary(group: readonly Cell[]): Promise<string> {
  const verdicts = new Set(await Promise.all(group.map((cell) => answer(cell))));
  if (verdicts.size !== 1) return [...verdicts].join('/');
  return verdicts.has('allowed') ? 'yes' : 'no';
}
