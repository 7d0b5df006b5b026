import type { ProviderAdapter } from '../provider-adapter.ts';
import { compatibleType, createCompatibleAdapter } from './create-adapter.ts';
import { defaultProfile } from './profiles/default.ts';
import { type ProfiledProvider, resolveProfile } from './profiles/resolve-profile.ts';

export { compatibleType };

/** Any server that speaks as OpenAI does, most of them not quite, of which nothing else is known. */
export const openAiCompatibleAdapter: ProviderAdapter = createCompatibleAdapter(defaultProfile);

/** Returns the dialect of one server by its profile. */
export function compatibleAdapterFor(provider: ProfiledProvider): ProviderAdapter {
  return createCompatibleAdapter(resolveProfile(provider));
}
