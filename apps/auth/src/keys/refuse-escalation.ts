import { AppError, type Principal, type PrivacyPolicy, type Scope } from '@aggregator/contracts';
import { masksAtLeast } from '../privacy/masks-at-least.ts';

/**
 * Nobody hands out what they lack: neither a scope, nor a model that their own key does not allow, nor a freedom from
 * masking that their own key has not. `own`: what the creator's key wants to be masked. Throws `insufficient_permissions`.
 */
export function refuseEscalation(
  creator: Principal,
  own: PrivacyPolicy | null,
  wanted: { scopes: readonly Scope[]; models: readonly string[] | null; privacy: PrivacyPolicy | null },
): void {
  const lacking = wanted.scopes.find((scope) => !creator.scopes.includes(scope));
  if (lacking !== undefined) {
    throw new AppError('insufficient_permissions', {
      param: 'scopes',
      message: `You do not hold '${lacking}' yourself.`,
    });
  }
  if (!masksAtLeast(wanted.privacy, own)) {
    throw new AppError('insufficient_permissions', {
      param: 'privacy',
      message: 'Your own key masks personal data; a key that it makes must mask at least as much.',
    });
  }
  const { models } = creator;
  if (models === null) return;
  if (wanted.models === null || wanted.models.some((model) => !models.includes(model))) {
    throw new AppError('insufficient_permissions', {
      param: 'models',
      message: 'Your own key is limited to some models; a key that it makes must be limited to those.',
    });
  }
}
