import type { z } from 'zod';
import type { ErrorCode } from '../errors/catalogue.ts';
import type { Action } from '../permissions.ts';

export type ApiMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One public route of the gateway, as the reference of the API describes it. */
export interface ApiRoute {
  readonly method: ApiMethod;
  /** With `{name}` for each parameter. */
  readonly path: string;
  readonly tag: string;
  /** What the call does: a verb, and one sentence without a full stop. */
  readonly summary: string;
  /** Which caller may call it: no credential, any credential, or an action of the table of permissions. */
  readonly needs: 'nothing' | 'credential' | Action;
  /** Parameters of the path that are not any text, by name. */
  readonly parameters?: Readonly<Record<string, z.ZodType>>;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly isBodyOptional?: boolean;
  /** Of a success. */
  readonly status: 200 | 201 | 202 | 204 | 302;
  /** Body of a success; absent if it has none. */
  readonly answer?: z.ZodType;
  /** Media type of the answer if it is not JSON. */
  readonly answerType?: string;
  /** Media types that a query can choose in place of it. */
  readonly otherTypes?: readonly string[];
  /** The answer is a stream of server-sent events if the body has `stream: true`. */
  readonly mayStream?: boolean;
  /** Whose error object it returns; RFC 9457 for the management API. */
  readonly errors?: 'openai' | 'anthropic';
  /** True if the change takes `If-Match`. */
  readonly isConditional?: true;
  /** Errors beside those that every such route has. */
  readonly codes?: readonly ErrorCode[];
}
