import { type Scope, scope } from '@aggregator/contracts';
import type { Role } from '../generated/prisma/client.ts';

/** What each role may do. An admin runs the installation, an owner an organisation; a member uses it. */
const scopesByRole: Readonly<Record<Role, readonly Scope[]>> = {
  admin: scope.options,
  owner: ['ai:invoke', 'keys:manage', 'profile:manage', 'billing:read', 'usage:read'],
  member: ['ai:invoke', 'profile:manage', 'usage:read'],
};

export function scopesOf(role: Role): Scope[] {
  return [...scopesByRole[role]];
}
