import { z } from 'zod';
import { type Scope, scope } from './principal.ts';

/** Role of a member in one organisation. */
export const memberRole = z.enum(['owner', 'admin', 'billing', 'developer', 'viewer']);
export type MemberRole = z.infer<typeof memberRole>;

/** A member's role, and what is added to it: `operator` runs the installation, `lead` leads a team. */
export const permissionRoles = ['operator', ...memberRole.options, 'lead'] as const;
export type PermissionRole = (typeof permissionRoles)[number];

/** How far an action reaches, from nothing to everything: the caller's own, its teams', its organisation's, all. */
export const reaches = ['none', 'own', 'team', 'organization', 'installation'] as const;
export type Reach = (typeof reaches)[number];

/**
 * `needs`: the scope of the API key or access token; `session` if no API key can do it. A role that is absent cannot.
 */
type Permission = { readonly needs: Scope | 'session' } & { readonly [Role in PermissionRole]?: Reach };

/** The one table of permissions. docs/organisations.md prints it, and a test walks it over every management route. */
export const permissions = {
  'models.call': { needs: 'ai:invoke', owner: 'own', admin: 'own', developer: 'own' },
  'account.manage': {
    ...{ needs: 'profile:manage', owner: 'own', admin: 'own', billing: 'own', developer: 'own', viewer: 'own' },
  },
  'keys.manage': { needs: 'keys:manage', owner: 'organization', admin: 'organization', developer: 'own', lead: 'team' },
  'organization.read': { needs: 'keys:manage', owner: 'organization', admin: 'organization' },
  'organization.update': { needs: 'keys:manage', owner: 'organization', admin: 'organization' },
  'organization.delete': { needs: 'session', owner: 'organization' },
  'members.read': {
    ...{ needs: 'session', owner: 'organization', admin: 'organization', billing: 'organization' },
    lead: 'organization',
  },
  'members.manage': { needs: 'session', owner: 'organization', admin: 'organization' },
  'owners.manage': { needs: 'session', owner: 'organization' },
  'teams.read': {
    ...{ needs: 'session', owner: 'organization', admin: 'organization', billing: 'organization' },
    ...{ developer: 'team', viewer: 'team' },
  },
  'teams.manage': { needs: 'session', owner: 'organization', admin: 'organization' },
  'teams.staff': { needs: 'session', owner: 'organization', admin: 'organization', lead: 'team' },
  'budgets.manage': { needs: 'session', owner: 'organization', admin: 'organization', billing: 'organization' },
  'limits.manage': { needs: 'session', owner: 'organization', admin: 'organization' },
  'webhooks.manage': { needs: 'session', owner: 'organization', admin: 'organization' },
  'audit.read': { needs: 'session', operator: 'installation', owner: 'organization', admin: 'organization' },
  'billing.read': { needs: 'billing:read', owner: 'organization', admin: 'organization', billing: 'organization' },
  'billing.pay': { needs: 'billing:pay', owner: 'organization', billing: 'organization' },
  'usage.read': {
    ...{ needs: 'usage:read', owner: 'organization', admin: 'organization', billing: 'organization' },
    ...{ developer: 'organization', viewer: 'organization' },
  },
  'billing.manage': { needs: 'billing:manage', operator: 'installation' },
  'providers.manage': { needs: 'providers:manage', operator: 'installation' },
  'prices.manage': { needs: 'prices:manage', operator: 'installation' },
  'alerts.manage': { needs: 'tenants:manage', operator: 'installation' },
  'tenants.manage': { needs: 'tenants:manage', operator: 'installation' },
} as const satisfies Record<string, Permission>;
export type Action = keyof typeof permissions;
export const actions = Object.keys(permissions) as Action[];

/** Returns the widest reach that a caller with these roles has for an action. */
export function reachOf(roles: readonly PermissionRole[], action: Action): Reach {
  const permission: Permission = permissions[action];
  const widest = Math.max(0, ...roles.map((role) => reaches.indexOf(permission[role] ?? 'none')));
  return reaches[widest] ?? 'none';
}

/** True if a role may do an action on something that is as far from the caller as `at`. */
export function may(role: PermissionRole, action: Action, at: Exclude<Reach, 'none'>): boolean {
  return reaches.indexOf(reachOf([role], action)) >= reaches.indexOf(at);
}

/** Returns the scopes that a caller with these roles can hold. */
export function scopesOf(roles: readonly PermissionRole[]): Scope[] {
  const held = actions.filter((action) => reachOf(roles, action) !== 'none').map((action) => permissions[action].needs);
  return scope.options.filter((option) => held.includes(option));
}
