import { type CompatibilityProfile, isRecord, parseRecord } from '@aggregator/contracts';

type ProfileName = NonNullable<CompatibilityProfile['name']>;

export interface ProbeAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the list of models says of the server in `owned_by`. Sources: the servers' own code (read 2026-11). */
const owners: ReadonlyMap<string, ProfileName> = new Map([
  ['vllm', 'vllm'],
  ['sglang', 'sglang'],
  ['llamacpp', 'llama-cpp'],
  ['library', 'ollama'],
  ['organization_owner', 'lm-studio'],
  ['me', 'llama-cpp-python'],
]);

/** Paths beside the API that one server has alone, behind the origin, and a field of their JSON. */
export const signs: readonly { readonly path: string; readonly field: string; readonly name: ProfileName }[] = [
  { path: '/props', field: 'default_generation_settings', name: 'llama-cpp' },
  { path: '/get_model_info', field: 'model_path', name: 'sglang' },
  { path: '/api/version', field: 'version', name: 'ollama' },
  { path: '/info', field: 'docker_label', name: 'tgi' },
  { path: '/version', field: 'version', name: 'vllm' },
];

/** Returns the server that a list of models comes from; null if the list does not say. */
export function identifyByModels({ headers, body }: ProbeAnswer): ProfileName | null {
  if (headers['x-litellm-version'] !== undefined) return 'litellm';
  if (headers.server?.startsWith('llama.cpp') === true) return 'llama-cpp';
  for (const owner of listModels(body).map(({ owned_by: by }) => by)) {
    const name = typeof owner === 'string' ? owners.get(owner) : undefined;
    if (name !== undefined) return name;
  }
  return null;
}

/** Returns the names of the models of a list. */
export function readModelIds({ body }: ProbeAnswer): string[] {
  return listModels(body).flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
}

/** True if an answer has the field that the sign of a server has. */
export function hasSign({ status, body }: ProbeAnswer, field: string): boolean {
  return status === 200 && parseRecord(body)?.[field] !== undefined;
}

function listModels(body: string): Record<string, unknown>[] {
  const data = parseRecord(body)?.data;
  return Array.isArray(data) ? data.filter(isRecord) : [];
}
