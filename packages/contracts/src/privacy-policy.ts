import { z } from 'zod';
import { readPrivacyPattern } from './privacy-pattern.ts';

/** What is found by its own form, without a list; see `packages/anonymisation`. */
export const privacyKinds = ['email', 'phone', 'card', 'iban', 'passport', 'inn', 'snils', 'ip'] as const;
export const privacyKind = z.enum(privacyKinds);
export type PrivacyKind = z.infer<typeof privacyKind>;

/** It travels with every request, in a header. */
const policyBytesMax = 6 * 1024;

const pattern = z.string().superRefine((text, context) => {
  const reading = readPrivacyPattern(text);
  if ('fault' in reading) context.addIssue({ code: 'custom', message: `the pattern ${reading.fault}` });
});

/** What is masked before a request leaves for a provider, and put back in the answer. */
export const privacyPolicy = z
  .strictObject({
    mode: z.enum(['off', 'mask']),
    /** All of them where absent. */
    kinds: z.array(privacyKind).max(privacyKinds.length).optional(),
    /** Names and other words, found whole and in any case, as they are written: no inflected forms. */
    names: z
      .array(
        z
          .string()
          .trim()
          .min(2)
          .max(64)
          .regex(/[\p{L}\p{N}]/u, 'at least one letter or digit'),
      )
      .max(200)
      .optional(),
    /** See `readPrivacyPattern`. */
    patterns: z.array(pattern).max(20).optional(),
  })
  .refine((policy) => new TextEncoder().encode(JSON.stringify(policy)).length <= policyBytesMax, {
    message: `the whole policy has more than ${policyBytesMax} bytes`,
  });
export type PrivacyPolicy = z.infer<typeof privacyPolicy>;
