import type { ReportedUser } from '../../../events/report.ts';
import type { Finding } from './attention.ts';

/**
 * The controls of published standards that MFA of a user or of root belongs to, as AWS Security Hub writes them. Sources: AWS
 * Security Hub User Guide, "Security Hub controls for IAM", related requirements of IAM.5 (users with a password), IAM.19 (all
 * users) and IAM.9 (root); PCI DSS v4.0.1, requirement 8.5.1 (no bypass of MFA unless documented, authorized and limited in
 * time).
 */
const nist = ['NIST.800-53.r5 IA-2(1)', 'NIST.800-53.r5 IA-2(2)'] as const;
const pci = 'PCI DSS v4.0.1/8.4.2';
const pciBypass = 'PCI DSS v4.0.1/8.5.1';

const password = [
  'CIS AWS Foundations Benchmark v5.0.0/1.9',
  'CIS AWS Foundations Benchmark v3.0.0/1.10',
  'CIS AWS Foundations Benchmark v1.4.0/1.10',
  pci,
  ...nist,
] as const;

/** MFA of the root user. */
export const rootControls: readonly string[] = [
  'CIS AWS Foundations Benchmark v5.0.0/1.4',
  'CIS AWS Foundations Benchmark v3.0.0/1.5',
  'CIS AWS Foundations Benchmark v1.4.0/1.5',
  pci,
  ...nist,
];

/** MFA of a user. An exemption from it is a bypass. */
export function userControls({ hasPassword, state }: ReportedUser): readonly string[] {
  const controls = hasPassword ? password : [pci, ...nist];
  return state === 'exempt' ? [...controls, pciBypass] : controls;
}

/** The controls of all users of a finding, each once, by standard; none for a finding that leaves no account without MFA. */
export function findingControls({ id, severe, users }: Finding): string[] {
  if (!severe) return [];
  return [...new Set(id === 'root' ? rootControls : users.flatMap(userControls))].toSorted();
}

/** Controls in a line, each standard once: "PCI DSS v4.0.1 8.4.2, 8.5.1; NIST.800-53.r5 IA-2(1)". */
export function controlsText(controls: readonly string[]): string {
  const texts: string[] = [];
  let before = '';
  for (const control of controls) {
    const standard = standardOf(control);
    // The versions of a standard follow one another.
    const name = standard.replace(/ v[\d.]+$/, '');
    const number = control.slice(standard.length + 1);
    if (standard === before) texts.push(`, ${number}`);
    else if (before.startsWith(`${name} `))
      texts.push(`, ${standard.slice(name.length + 1)} ${number}`);
    else texts.push(`; ${standard} ${number}`);
    before = standard;
  }
  return texts.join('').slice('; '.length);
}

/** "PCI DSS v4.0.1/8.4.2" is of the standard "PCI DSS v4.0.1", and "NIST.800-53.r5 IA-2(1)" of "NIST.800-53.r5". */
export function standardOf(control: string): string {
  return control.replace(/(\/[^/]+| IA-[\d()]+)$/, '');
}
