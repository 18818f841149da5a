import type { TableOptions } from '../render/report/table.ts';
import type { AccountOptions } from './options.ts';
import type { OrganizationOptions } from './organization-options.ts';
import { columnsOf, type Shell, wantsColor } from './shell.ts';

/** Options of `report`. */
export interface ReportOptions extends AccountOptions, OrganizationOptions {
  readonly format: string;
  readonly json?: boolean;
  readonly output?: string;
  readonly all?: boolean;
}

const FILE_COLUMNS = 140;

/** How a table is drawn: a file is for no terminal. */
export function tableOptions(shell: Shell, { all, output }: ReportOptions): TableOptions {
  return {
    width: output === undefined ? columnsOf(shell) : FILE_COLUMNS,
    color: output === undefined && wantsColor(shell),
    all: all ?? false,
  };
}

/** Who may read the file: node_exporter runs as another user; what else is written is nobody else's business. */
export const fileMode = (format: string) => (format === 'prometheus' ? 0o644 : 0o600);
