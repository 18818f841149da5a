import type { MemoryIam, MemoryUser } from './memory-iam.ts';

/** The number of users of each kind in a hundred. The others have a virtual MFA device. */
export interface Mix {
  /** A FIDO key or a hardware device, and nothing else. */
  readonly fido: number;
  /** No device. */
  readonly none: number;
  /** No device, and tagged as a service. */
  readonly service: number;
}

export type Kind = keyof Mix | 'virtual';

/** How many users of each kind an account has. */
export type Counts = Readonly<Record<Kind, number>>;

/**
 * Fills an account with users of each kind, mixed.
 * @returns how many there are of each
 */
export function fillAccount(iam: MemoryIam, users: number, mix: Mix): Counts {
  const counts = { virtual: 0, fido: 0, none: 0, service: 0 };
  for (let index = 0; index < users; index += 1) {
    const kind = kindOf(index, mix);
    counts[kind] += 1;
    iam.put(userName(index), userOf(kind, iam.account, userName(index)));
  }
  return counts;
}

/** The name of one of them. */
export function userName(index: number): string {
  return `user-${String(index).padStart(4, '0')}`;
}

export function kindOf(index: number, { fido, none, service }: Mix): Kind {
  // 37 and 100 have no common divisor, so each hundred has each number once, mixed.
  const number = (index * 37) % 100;
  if (number < fido) return 'fido';
  if (number < fido + none) return 'none';
  return number < fido + none + service ? 'service' : 'virtual';
}

function userOf(kind: Kind, account: string, name: string): Partial<Omit<MemoryUser, 'name'>> {
  const tags = { team: 'platform', costCenter: '4711' };
  const policies = ['arn:aws:iam::aws:policy/IAMUserChangePassword'];
  const person = { tags, policies, groups: ['developers'], password: true };
  switch (kind) {
    case 'virtual':
      return { ...person, devices: [`arn:aws:iam::${account}:mfa/${name}`] };
    case 'fido':
      return { ...person, devices: [`arn:aws:iam::${account}:u2f/user/${name}/key-1`] };
    case 'none':
      return person;
    case 'service':
      return { policies, tags: { ...tags, userType: 'Service' } };
    default:
      return kind satisfies never;
  }
}
