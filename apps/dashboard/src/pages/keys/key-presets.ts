import type { CreateApiKeyRequest, PrincipalLimits, Scope } from '@aggregator/contracts';

/** What a key is for: rights and bounds that a person starts from. */
export interface Preset {
  readonly word: 'presetApp' | 'presetTrial' | 'presetReport' | 'presetAdmin';
  readonly scopes: readonly Scope[];
  readonly days?: number;
  readonly requestsPerMinute?: number;
}

export const presets: readonly Preset[] = [
  { word: 'presetApp', scopes: ['ai:invoke'] },
  { word: 'presetTrial', scopes: ['ai:invoke'], days: 7, requestsPerMinute: 20 },
  { word: 'presetReport', scopes: ['usage:read', 'billing:read'] },
  { word: 'presetAdmin', scopes: ['ai:invoke', 'usage:read', 'keys:manage'] },
];

/** A form as it was filled in: empty where nothing was chosen. */
export type KeyForm = Readonly<Record<string, string>>;

const lines = (text: string | undefined): string[] =>
  (text ?? '')
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Returns the body of `POST /v1/auth/api-keys`. */
export function toKeyRequest(form: KeyForm, preset: Preset): CreateApiKeyRequest {
  const models = lines(form.models);
  const allowedIps = lines(form.addresses);
  const allowedOrigins = lines(form.origins);
  const limits = toLimits(form);
  return {
    name: form.name ?? '',
    scopes: [...preset.scopes],
    ...(models.length > 0 && { models }),
    ...(allowedIps.length > 0 && { allowedIps }),
    ...(allowedOrigins.length > 0 && { allowedOrigins }),
    // The end of the day that was chosen, where the person is.
    ...(form.expires && { expiresAt: new Date(`${form.expires}T23:59:59`).toISOString() }),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(form.teamId && { teamId: form.teamId }),
  };
}

function toLimits(form: KeyForm): Partial<PrincipalLimits> {
  const names = ['requestsPerMinute', 'tokensPerMinute', 'concurrentRequests'] as const;
  return Object.fromEntries(names.flatMap((name) => (form[name] ? [[name, Number(form[name])]] : [])));
}

/** Value of a date field so many days from now. */
export function dayAfter(days: number, now: Date): string {
  const day = new Date(now);
  day.setDate(day.getDate() + days);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
