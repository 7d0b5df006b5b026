import { AppError, type PrincipalLimits } from '@aggregator/contracts';
import type { InstallationLimits } from '../limits/installation-limits.ts';
import { type Ceilings, isWithin, limitsInForce } from '../limits/limits-in-force.ts';
import { masksAtLeast } from '../privacy/masks-at-least.ts';
import { containsAddresses } from './contains-addresses.ts';
import type { Maker } from './read-maker.ts';

/** What a key would hold. */
export type WantedGrant = Omit<Maker, 'keyId' | 'ownLimits'> & { limits: Partial<PrincipalLimits> };

/**
 * Checks that a caller gives away only what it holds: scopes, models, addresses, origins, limits, expiry and masking of the key are
 * within its own (I17). Throws `insufficient_permissions` with the field that is not.
 */
export function refuseEscalation(
  maker: Maker,
  wanted: WantedGrant,
  installation: InstallationLimits,
  ceilings: Ceilings,
): void {
  const lacking = wanted.scopes.find((scope) => !maker.scopes.includes(scope));
  if (lacking !== undefined) refuse('scopes', `You do not hold '${lacking}' yourself.`);
  if (!masksAtLeast(wanted.privacy, maker.privacy)) {
    refuse('privacy', 'Your own key masks personal data; a key that it makes must mask at least as much.');
  }
  if (!containsTexts(maker.models, wanted.models)) {
    refuse('models', 'Your own key is limited to some models; a key that it makes must be limited to those.');
  }
  if (!containsAddresses(maker.allowedIps, wanted.allowedIps)) {
    refuse('allowedIps', 'Your own key is limited to some addresses; a key that it makes must be limited to those.');
  }
  if (!containsTexts(maker.allowedOrigins, wanted.allowedOrigins)) {
    refuse('allowedOrigins', 'Your own key is limited to some origins; a key that it makes must be limited to those.');
  }
  if (maker.teamId !== null && wanted.teamId !== maker.teamId) {
    refuse('teamId', 'Your own key works for a team; a key that it makes must work for the same one.');
  }
  const inForce = (own: Partial<PrincipalLimits>) => limitsInForce(own, installation.defaults, ceilings.key);
  if (maker.keyId !== null && !isWithin(inForce(wanted.limits), inForce(maker.ownLimits))) {
    refuse('limits', 'A key that your own key makes must have limits that are at most as high.');
  }
  if (maker.expiresAt !== null && (wanted.expiresAt === null || wanted.expiresAt > maker.expiresAt)) {
    refuse(
      'expiresAt',
      `Your own key expires at ${maker.expiresAt.toISOString()}; a key that it makes must not outlive it.`,
    );
  }
}

function refuse(param: string, message: string): never {
  throw new AppError('insufficient_permissions', { param, message });
}

function containsTexts(held: readonly string[] | null, wanted: readonly string[] | null): boolean {
  if (held === null) return true;
  return wanted?.every((text) => held.includes(text)) ?? false;
}
