import { checkBody } from '@aggregator/contracts';
import { z } from 'zod';
import type { ScimChange } from './scim-patch.ts';
import { invalid } from './scim-query.ts';

/** What an identity provider says of a user. */
export interface UserDraft {
  userName: string;
  externalId: string | null;
  displayName: string | null;
  formatted: string | null;
  givenName: string | null;
  familyName: string | null;
  /** The work address, else the primary, else the first; null if none is stated. */
  email: string | null;
  isActive: boolean;
}

const text = z.string().max(256).nullish();
const email = z.object({ value: text, type: text, primary: z.unknown() });
/** Entra ID sends flags as texts. */
const flag = z.union([
  z.boolean(),
  z
    .string()
    .regex(/^(?:true|false)$/i)
    .transform((value) => /^true$/i.test(value)),
]);
/** Unknown attributes are left out: RFC 7643 lets a provider send more than a service keeps. */
const resource = z.object({
  userName: z.string().trim().min(1).max(256),
  externalId: text,
  displayName: text,
  name: z.object({ formatted: text, givenName: text, familyName: text }).nullish(),
  emails: z.array(email).max(100).nullish(),
  active: flag.nullish(),
});

/** Reads the body of a creation or a replacement. Throws `invalid_value`. */
export function readUserResource(raw: unknown): UserDraft {
  const { userName, externalId, displayName, name, emails, active } = checkBody(resource, raw);
  return {
    userName,
    externalId: externalId ?? null,
    displayName: displayName ?? null,
    formatted: name?.formatted ?? null,
    givenName: name?.givenName ?? null,
    familyName: name?.familyName ?? null,
    email: chooseEmail(emails ?? []),
    isActive: active ?? true,
  };
}

function chooseEmail(emails: readonly z.infer<typeof email>[]): string | null {
  const work = emails.find(({ type }) => type?.toLowerCase() === 'work');
  const primary = emails.find(({ primary: isPrimary }) => isPrimary === true || isPrimary === 'True');
  return (work ?? primary ?? emails[0])?.value ?? null;
}

const textOf = (value: unknown, attribute: string): string => {
  const parsed = z.string().max(256).safeParse(value);
  if (!parsed.success) throw invalid(attribute, `'${attribute}' must be a text of at most 256 characters.`);
  return parsed.data;
};

/** Texts by the attribute that sets them. */
const fields = new Map<string, 'externalId' | 'displayName' | 'formatted' | 'givenName' | 'familyName'>([
  ['externalid', 'externalId'],
  ['displayname', 'displayName'],
  ['name.formatted', 'formatted'],
  ['name.givenname', 'givenName'],
  ['name.familyname', 'familyName'],
]);

/** Returns the draft with the changes of a PATCH. Attributes that are not kept are ignored. Throws `invalid_value`. */
export function changeDraft(draft: UserDraft, changes: readonly ScimChange[]): UserDraft {
  const next = { ...draft };
  for (const { op, attribute, value } of changes) {
    const field = fields.get(attribute);
    if (field !== undefined) {
      // A name of one form replaces that of another: the newest is meant.
      if (field === 'displayName' || field === 'formatted') Object.assign(next, { displayName: null, formatted: null });
      next[field] = op === 'remove' || value === null ? null : textOf(value, attribute);
    } else if (attribute === 'username' && op !== 'remove') next.userName = textOf(value, attribute);
    else if (attribute === 'active') next.isActive = op !== 'remove' && flagOf(value);
    else if (attribute === 'emails.value' && op !== 'remove') next.email = textOf(value, attribute);
    else if (attribute === 'emails' && op !== 'remove') next.email = chooseEmail(emailsOf(value));
    else if (attribute === 'name' && op !== 'remove') Object.assign(next, nameOf(value));
  }
  return next;
}

function flagOf(value: unknown): boolean {
  const parsed = flag.safeParse(value);
  if (!parsed.success) throw invalid('active', "'active' must be true or false.");
  return parsed.data;
}

function emailsOf(value: unknown): z.infer<typeof email>[] {
  const parsed = z
    .array(email)
    .max(100)
    .safeParse(Array.isArray(value) ? value : [value]);
  if (!parsed.success) throw invalid('emails', "'emails' must be a list of addresses.");
  return parsed.data;
}

function nameOf(value: unknown): Partial<UserDraft> {
  const parsed = resource.shape.name.safeParse(value);
  if (!parsed.success || parsed.data == null) throw invalid('name', "'name' must be an object.");
  const stated = Object.entries(parsed.data).filter(([, one]) => one !== undefined);
  return Object.fromEntries(stated.map(([name, one]) => [name, one ?? null]));
}
