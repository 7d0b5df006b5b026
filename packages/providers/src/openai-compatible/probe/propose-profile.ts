import type { CompatibilityProfile, CompatibilitySettings } from '@aggregator/contracts';
import type { ProviderEndpoint } from '../../provider-adapter.ts';
import { builtInProfiles } from '../profiles/built-in.ts';
import { profileNameOf } from '../profiles/resolve-profile.ts';
import { hasSign, identifyByModels, type ProbeAnswer, readModelIds, signs } from './identify-server.ts';
import { isTaken, trials } from './trials.ts';

/** Sends a request; null if no answer came. */
export type ProbeSend = (endpoint: ProviderEndpoint, body: string | null) => Promise<ProbeAnswer | null>;

export interface ProbedServer {
  /** With its version path. */
  readonly baseUrl: string;
  readonly credential: string | null;
  /** Asked for the chats; the first of its list if null. */
  readonly model: string | null;
}

export interface Proposal {
  readonly profile: CompatibilityProfile;
  readonly models: readonly string[];
  /** What was seen, a sentence each. */
  readonly findings: readonly string[];
}

/**
 * Proposes the profile of a server: first who it is, by its host, its list of models and paths that it has alone, then how it
 * replies to at most 40 chats of a few tokens. What its named profile says already is not said again.
 */
export async function proposeProfile(server: ProbedServer, send: ProbeSend): Promise<Proposal> {
  const findings: string[] = [];
  const list = await send(toEndpoint(server, 'GET', '/models'), null);
  if (list === null) return { profile: {}, models: [], findings: ['The server cannot be reached.'] };
  const models = isTaken(list) ? readModelIds(list) : [];
  findings.push(
    isTaken(list) ? `GET /models lists ${models.length} models.` : `GET /models is answered with ${list.status}.`,
  );
  const name = await identify(server, list, send);
  findings.push(name === 'default' ? 'The server is not known by name.' : `The server is ${name}.`);
  const model = server.model ?? models[0];
  const settings = model === undefined ? {} : await tryChats(server, model, send, findings);
  if (model === undefined) findings.push('No model is known, so no chat was sent.');
  const known = name === 'default' ? {} : builtInProfiles[name].settings;
  const own = Object.entries(settings).filter(([key, value]) => !isSaid(known, key, value));
  return { profile: { ...(name !== 'default' && { name }), ...Object.fromEntries(own) }, models, findings };
}

async function identify(server: ProbedServer, list: ProbeAnswer, send: ProbeSend) {
  const byHost = profileNameOf(server.baseUrl);
  if (byHost !== 'default') return byHost;
  const byModels = identifyByModels(list);
  if (byModels !== null) return byModels;
  const { origin } = new URL(server.baseUrl);
  for (const { path, field, name } of signs) {
    const answer = await send({ ...toEndpoint(server, 'GET', ''), url: origin + path }, null);
    if (answer !== null && hasSign(answer, field)) return name;
  }
  return 'default' as const;
}

async function tryChats(
  server: ProbedServer,
  model: string,
  send: ProbeSend,
  findings: string[],
): Promise<CompatibilitySettings> {
  const endpoint = toEndpoint(server, 'POST', '/chat/completions');
  const unreached: ProbeAnswer = { status: 0, headers: {}, body: '' };
  const plain = { model, messages: [{ role: 'user', content: 'Say OK.' }], max_tokens: 16 };
  const chat = async (change: object) => (await send(endpoint, JSON.stringify({ ...plain, ...change }))) ?? unreached;
  const first = await chat({});
  if (!isTaken(first)) {
    findings.push(`A plain chat with ${model} is answered with ${first.status}: ${first.body.slice(0, 200)}`);
    return {};
  }
  let settings: CompatibilitySettings = {};
  for (const trial of trials) settings = { ...settings, ...(await trial(chat)) };
  for (const [field, value] of Object.entries(settings)) findings.push(`${field}: ${JSON.stringify(value)}`);
  return settings;
}

function toEndpoint({ baseUrl, credential }: ProbedServer, method: ProviderEndpoint['method'], path: string) {
  const headers: Record<string, string> = method === 'POST' ? { 'content-type': 'application/json' } : {};
  if (credential !== null) headers.authorization = `Bearer ${credential}`;
  return { method, url: baseUrl + path, headers };
}

function isSaid(known: CompatibilitySettings, key: string, value: unknown): boolean {
  return JSON.stringify(Object.entries(known).find(([name]) => name === key)?.[1]) === JSON.stringify(value);
}
