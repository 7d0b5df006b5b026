import { type CompatibilityProfile, parseProfileOption, profileNames, profileOption } from '@aggregator/contracts';
import { builtInProfiles } from './built-in.ts';
import { defaultProfile } from './default.ts';
import type { Profile } from './profile.ts';

type ProfileName = NonNullable<CompatibilityProfile['name']>;

/** Where a provider is and what it is set to: what its profile is chosen by. */
export interface ProfiledProvider {
  readonly baseUrl: string;
  readonly options: Readonly<Record<string, string>>;
}

/** Returns the name of the profile whose vendor has the host of an address; `default` if the host is not certain. */
export function profileNameOf(baseUrl: string): ProfileName {
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).hostname : '';
  for (const [name, { hosts }] of Object.entries(builtInProfiles)) {
    if (hosts.some((known) => isHost(host, known))) return toProfileName(name);
  }
  return 'default';
}

/**
 * Returns the complete profile of a provider: the named one or the one of its host, with what the operator changed. An option that
 * cannot be read counts as absent, because it was judged when it was saved.
 */
export function resolveProfile({ baseUrl, options }: ProfiledProvider): Profile {
  const text = options[profileOption];
  const { name = profileNameOf(baseUrl), ...own } = (text === undefined ? null : parseProfileOption(text)) ?? {};
  const known = name === 'default' ? {} : builtInProfiles[name].settings;
  // The older option for the same, which takes the place of the profile.
  const { outputLimitField: limit } = options;
  const isLimit = limit === 'max_tokens' || limit === 'max_completion_tokens';
  return merge(merge(defaultProfile, known), { ...own, ...(isLimit && { outputLimitField: limit }) });
}

function merge(
  base: Profile,
  { extraFields, contextErrors, clientErrors, headers, query, ...rest }: CompatibilityProfile,
) {
  const { name: _name, ...settings } = rest;
  return {
    ...base,
    ...settings,
    headers: { ...base.headers, ...headers },
    query: { ...base.query, ...query },
    extraFields: join(base.extraFields, extraFields),
    contextErrors: join(base.contextErrors, contextErrors),
    clientErrors: join(base.clientErrors, clientErrors),
  };
}

function join(known: readonly string[], own: readonly string[] = []): string[] {
  return [...new Set([...known, ...own])];
}

function isHost(host: string, known: string): boolean {
  return known.startsWith('*.') ? host.endsWith(known.slice(1)) : host === known;
}

function toProfileName(name: string): ProfileName {
  return profileNames.find((one) => one === name) ?? 'default';
}
