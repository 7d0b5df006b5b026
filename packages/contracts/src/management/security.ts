import { z } from 'zod';
import { queryPage } from './page.ts';

export const securityEventType = z.enum([
  'key.leaked',
  'key.new_address',
  'key.burst_after_silence',
  'key.rejected_use',
  'login.failures',
  'login.success_after_failures',
  'address.rejected_credentials',
]);
export type SecurityEventType = z.infer<typeof securityEventType>;

export const securitySeverity = z.enum(['low', 'medium', 'high', 'critical']);
export type SecuritySeverity = z.infer<typeof securitySeverity>;

/** Suspicious use. The same of one subject is one event a day, with a count. */
export const securityEvent = z.strictObject({
  id: z.uuid(),
  /** Null for what belongs to no organisation: only operators see it. */
  organizationId: z.uuid().nullable(),
  type: securityEventType,
  severity: securitySeverity,
  /** `api_key`, `user` or `address`. */
  subjectType: z.string(),
  subjectId: z.string(),
  /** Name of the key or the user; null if there is none. */
  subjectName: z.string().nullable(),
  count: z.int(),
  details: z.record(z.string(), z.unknown()),
  firstAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
});
export type SecurityEvent = z.infer<typeof securityEvent>;

/**
 * Query of `GET /auth/security-events`, newest first. An operator can name any organisation; where absent it is the
 * caller's.
 */
export const securityEventQuery = queryPage.extend({
  organizationId: z.uuid().optional(),
  /** `installation`: what belongs to no organisation; for operators. */
  of: z.enum(['installation']).optional(),
  type: securityEventType.optional(),
  severity: securitySeverity.optional(),
});
export const securityEventList = z.strictObject({
  data: z.array(securityEvent).max(100),
  nextCursor: z.string().nullable(),
});

/** `POST /auth/leaked-keys`: keys that a scanner found, in the form of GitHub's secret scanning. */
export const leakedKeysRequest = z
  .array(
    z.object({
      token: z.string().max(1024),
      type: z.string().max(200),
      url: z.string().max(2000).nullish(),
      source: z.string().max(200).nullish(),
    }),
  )
  .min(1)
  .max(100);

/** For each token, in the order of the request: true if it is a key of this installation. */
export const leakedKeysAnswer = z.array(
  z.strictObject({
    token_raw: z.string(),
    token_type: z.string(),
    label: z.enum(['true_positive', 'false_positive']),
  }),
);
export type LeakedKeysAnswer = z.infer<typeof leakedKeysAnswer>;
