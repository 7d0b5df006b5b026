import { type Scope, type ServiceName, ssoCookieName } from '@aggregator/contracts';

/** A route of the AI surface: served by the proxy, behind the lean handler. */
export interface AiRoute {
  methods: readonly ('GET' | 'POST' | 'DELETE')[];
  scope: Scope;
  /** Whose error object its SDKs expect. */
  errors: 'openai' | 'anthropic';
  /** False if it takes no place of a limit of requests at once: nothing is held for it. */
  isCounted: boolean;
  /** True if the query goes to the proxy, too. Absent for no. */
  takesQuery?: true;
}

const aiPost: AiRoute = { methods: ['POST'], scope: 'ai:invoke', errors: 'openai', isCounted: true };
const aiGet: AiRoute = { ...aiPost, methods: ['GET'], isCounted: false };
const anthropicPost: AiRoute = { ...aiPost, errors: 'anthropic' };
const anthropicCount: AiRoute = { ...anthropicPost, isCounted: false };

/** Exact canonical paths. Every alias is turned into one of these before anything is decided. */
const aiRoutes: ReadonlyMap<string, AiRoute> = new Map([
  ['/v1/chat/completions', aiPost],
  ['/v1/completions', aiPost],
  ['/v1/embeddings', aiPost],
  ['/v1/images/generations', aiPost],
  ['/v1/responses', aiPost],
  ['/v1/messages', anthropicPost],
  ['/v1/messages/count_tokens', anthropicCount],
  ['/v1/models', aiGet],
  ['/v1/capabilities', aiGet],
]);

/** What is stored under an id is read and changed at no cost. */
const idGet = aiGet;
const idDelete: AiRoute = { ...aiGet, methods: ['DELETE'] };
const idPost: AiRoute = { ...aiGet, methods: ['POST'] };

/** Routes of one object by its id, with the method of each. */
const storedRoutes: readonly (readonly [string, AiRoute])[] = [
  ['/v1/responses/:responseId', idGet],
  ['/v1/responses/:responseId', idDelete],
  ['/v1/responses/:responseId/input_items', idGet],
  ['/v1/responses/:responseId/cancel', idPost],
  ['/v1/conversations', idPost],
  ['/v1/conversations/:conversationId', idGet],
  ['/v1/conversations/:conversationId', idPost],
  ['/v1/conversations/:conversationId', idDelete],
  ['/v1/conversations/:conversationId/items', idGet],
  ['/v1/conversations/:conversationId/items', idPost],
  ['/v1/conversations/:conversationId/items/:itemId', idGet],
  ['/v1/conversations/:conversationId/items/:itemId', idDelete],
];

/** The same by pattern: an id has letters, digits, `_` and `-`. */
const storedPatterns = [...new Set(storedRoutes.map(([path]) => path))].map((path) => {
  const methods = storedRoutes.flatMap(([other, route]) => (other === path ? route.methods : []));
  return {
    pattern: new RegExp(`^${path.replace(/:\w+/g, '[\\w-]{1,128}')}$`),
    route: { ...aiGet, methods, takesQuery: true as const },
  };
});
/** Where all of them begin. */
const storedPrefixes = ['/v1/responses/', '/v1/conversations'];

const modelPrefix = '/v1/models/';
/** Older clients name the provider in the path. */
const providerPrefix = '/v1/proxy/';
const providerPath = /^\/v1\/proxy\/[\w.-]{1,64}\/chat\/completions$/;

export function findAiRoute(path: string): AiRoute | undefined {
  const route = aiRoutes.get(path);
  if (route !== undefined) return route;
  if (path.startsWith(modelPrefix) && path.length > modelPrefix.length) return aiGet;
  if (storedPrefixes.some((prefix) => path.startsWith(prefix))) {
    return storedPatterns.find(({ pattern }) => pattern.test(path))?.route;
  }
  return path.startsWith(providerPrefix) && providerPath.test(path) ? aiPost : undefined;
}

/** A part of the management API: which service has it, and whether it is open to strangers. */
export interface ManagementRoute {
  prefix: string;
  service: Exclude<ServiceName, 'api-gateway' | 'proxy'>;
  isPublic: boolean;
  /** The one cookie that is forwarded to the service; none if absent. */
  cookie?: string;
  /** True if the service itself knows the credential, which is forwarded to it; `isPublic` then. */
  isCredentialOfService?: boolean;
  /** Requests of one address each minute, in place of PUBLIC_REQUESTS_PER_MINUTE. */
  perMinute?: number;
  /** Longest body, in place of that of public routes. */
  bodyBytesMax?: number;
}

/** SCIM 2.0, whose errors have a special form. */
export const scimPrefix = '/scim/v2';

/** The first prefix that fits decides. The services themselves check scopes; a stranger gets past only what is public. */
const managementRoutes: readonly ManagementRoute[] = [
  { prefix: '/v1/auth/register', service: 'auth', isPublic: true },
  { prefix: '/v1/auth/login', service: 'auth', isPublic: true },
  { prefix: '/v1/auth/refresh', service: 'auth', isPublic: true },
  { prefix: '/v1/auth/invitations', service: 'auth', isPublic: true },
  { prefix: '/v1/auth/email', service: 'auth', isPublic: true },
  { prefix: '/v1/auth/password', service: 'auth', isPublic: true },
  { prefix: '/v1/auth/methods', service: 'auth', isPublic: true },
  { prefix: '/v1/auth/leaked-keys', service: 'auth', isPublic: true },
  { prefix: '/v1/auth/sso', service: 'auth', isPublic: true, cookie: ssoCookieName },
  { prefix: '/v1/auth', service: 'auth', isPublic: false },
  {
    ...{ prefix: scimPrefix, service: 'auth', isPublic: true, isCredentialOfService: true },
    // Entra ID sends up to 25 requests a second; one has up to some thousand members of a group.
    ...{ perMinute: 3000, bodyBytesMax: 256 * 1024 },
  },
  { prefix: '/v1/users/usage', service: 'analytics', isPublic: false },
  { prefix: '/v1/users', service: 'auth', isPublic: false },
  { prefix: '/v1/billing/webhooks', service: 'billing', isPublic: true },
  { prefix: '/v1/billing', service: 'billing', isPublic: false },
  { prefix: '/v1/analytics', service: 'analytics', isPublic: false },
  { prefix: '/v1/orchestrator', service: 'provider-orchestrator', isPublic: false },
];

export function findManagementRoute(path: string): ManagementRoute | undefined {
  return managementRoutes.find((route) => path === route.prefix || path.startsWith(`${route.prefix}/`));
}

/** Paths of older clients have no version, and lead to the same routes. */
const unversioned = /^\/(?:auth|billing|analytics|orchestrator|proxy|users)\//;
/** What could make one service read another path than the one that was judged here. */
const tricks = /%2e|%5c|%00|\\|\/\/|(?:\/|%2f)\.{1,2}(?:\/|%2f|$)/i;

/**
 * The one spelling of a path, or null where it has tricks in it (encoded dots or slashes, doubled slashes, dot segments,
 * backslashes). `/api/v1/x` is `/v1/x`. An encoded slash is a part of a model's name and of nothing else.
 */
export function toCanonicalPath(path: string): string | null {
  const withoutApi = path.startsWith('/api/') ? path.slice(4) : path;
  if (tricks.test(withoutApi)) return null;
  if (!withoutApi.startsWith(modelPrefix) && /%2f/i.test(withoutApi)) return null;
  return unversioned.test(withoutApi) ? `/v1${withoutApi}` : withoutApi;
}
