import { describe, expect, it } from '@jest/globals';
import { actions, may, memberRole, permissionRoles, permissions, reaches, reachOf, scopesOf } from './permissions.ts';

describe('may', () => {
  it('allows an action at its reach and at every narrower one, and at no wider one (I17)', () => {
    for (const action of actions) {
      for (const role of permissionRoles) {
        const held = reaches.indexOf(reachOf([role], action));
        for (const at of ['own', 'team', 'organization', 'installation'] as const) {
          expect(may(role, action, at)).toBe(reaches.indexOf(at) <= held);
        }
      }
    }
  });

  it('gives no member of an organisation the whole installation (I17)', () => {
    for (const action of actions) {
      for (const role of [...memberRole.options, 'lead'] as const)
        expect(may(role, action, 'installation')).toBe(false);
    }
  });

  it('lets an owner do everything that another member of the organisation may do', () => {
    for (const action of actions) {
      for (const role of memberRole.options) {
        expect(reaches.indexOf(reachOf(['owner'], action))).toBeGreaterThanOrEqual(
          reaches.indexOf(reachOf([role], action)),
        );
      }
    }
  });
});

describe('scopesOf', () => {
  it('gives each role the scopes of its actions', () => {
    const ofAdmins = ['ai:invoke', 'keys:manage', 'profile:manage', 'billing:read', 'usage:read'];
    expect(scopesOf(['owner'])).toEqual([...ofAdmins.slice(0, 4), 'billing:pay', 'usage:read']);
    expect(scopesOf(['admin'])).toEqual(ofAdmins);
    expect(scopesOf(['billing'])).toEqual(['profile:manage', 'billing:read', 'billing:pay', 'usage:read']);
    expect(scopesOf(['developer'])).toEqual(['ai:invoke', 'keys:manage', 'profile:manage', 'usage:read']);
    expect(scopesOf(['viewer'])).toEqual(['profile:manage', 'usage:read']);
    expect(scopesOf(['operator'])).toEqual(['billing:manage', 'providers:manage', 'tenants:manage', 'prices:manage']);
    expect(scopesOf([])).toEqual([]);
  });

  it('never gives the scope of an action that is for people alone', () => {
    expect(actions.filter((action) => permissions[action].needs === 'session').length).toBeGreaterThan(5);
    expect(scopesOf(permissionRoles)).not.toContain('session');
  });
});
