import { attackTable } from './table.ts';
import { againstUs, stratus } from './techniques.ts';

export const PAGE = 'docs/attacks.md';

/** The page with its two tables as they are judged now. */
export async function pageWith(page: string): Promise<string> {
  const tables = [await attackTable(stratus), await attackTable(againstUs)];
  let at = 0;
  return page.replaceAll(/^\| technique \|.*\n(?:\|.*\n)*/gm, () => `${tables[at++] ?? ''}\n`);
}
