import type { ProviderType } from '@aggregator/contracts';
import { variable } from '@aggregator/service-kit';
import { z } from 'zod';
import { toVersionedBaseUrl } from './base-urls.ts';

/** A provider's address, with the version path put in where it was left out, and without a trailing slash. */
export const providerBaseUrl = (type: ProviderType) =>
  z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .max(2000)
    .transform((text) => new URL(text))
    .refine((url) => url.username === '' && url.password === '', 'must not hold a user name or password')
    .refine((url) => url.search === '' && url.hash === '', 'must not have a query or a fragment')
    .transform((url) => toVersionedBaseUrl(url, type));

/** True if a key is set; `keys` of the configuration has its value. */
const presence = z
  .string()
  .optional()
  .transform((text) => text !== undefined);

export const keyVariable = (name: string, vendor: string, aliases: readonly string[] = []) =>
  variable(name, presence, `${vendor} Further keys of the same account or others: ${name}_2 to ${name}_16.`, {
    aliases,
    isSecret: true,
  });
