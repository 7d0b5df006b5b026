import type { RoutingSnapshot } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { chunkEvent, type ScriptedUpstream, startScriptedUpstream, toEvent } from './scripted-upstream.ts';
import { startWorld, toSnapshot, type World, type WorldOptions } from './start-world.ts';

export interface ScriptedWorld extends World {
  /** Providers `p1`, `p2`, `p3` of type `OpenAICompatible`, whose answers a test writes byte by byte. */
  readonly providers: readonly [ScriptedUpstream, ScriptedUpstream, ScriptedUpstream];
  /** Every provider answers whole again, and no failure is remembered. */
  reset(): void;
}

export interface ScriptedWorldOptions extends WorldOptions {
  /** Providers whose model continues a trailing assistant message. */
  readonly prefills?: readonly string[];
}

export const words = Array.from({ length: 20 }, (_, index) => `w${index + 1} `);
export const wholeText = words.join('');
export const eventStream = { 'content-type': 'text/event-stream' };

type Answer = ScriptedUpstream['answer'];

/** A whole answer of 20 words as a stream. */
const answerWhole: Answer = (_request, response) => {
  response.writeHead(200, eventStream).end(`${words.map((word) => chunkEvent(word)).join('')}${streamEnd}`);
};

export const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
export const streamEnd = `${chunkEvent('', 'stop')}${toEvent({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage })}data: [DONE]\n\n`;

export const wholeBody = {
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: wholeText }, finish_reason: 'stop' }],
  usage,
};

/** A whole answer as this upstream was asked for it. */
function answerAsAsked(upstream: ScriptedUpstream): Answer {
  return (request, response) => {
    if (JSON.parse(upstream.lastBody).stream === true) answerWhole(request, response);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(wholeBody));
  };
}

/**
 * A world whose routes are `p1`, `p2`, `p3` in this order: `all` has the three, `two` has p1 and p2, `alone` has p1, and
 * `keys` has two keys of p1.
 */
export async function startScriptedWorld(options: ScriptedWorldOptions = {}): Promise<ScriptedWorld> {
  let clockMs = 0;
  const world = await startWorld({ monotonicNow: () => clockMs + performance.now(), ...options });
  const providers = [
    await startScriptedUpstream(),
    await startScriptedUpstream(),
    await startScriptedUpstream(),
  ] as const;
  const reset = () => {
    // Rests, breakers and budgets are over.
    clockMs += 7_200_000;
    for (const provider of providers) {
      provider.requests = 0;
      provider.answer = answerAsAsked(provider);
    }
  };
  reset();
  world.orchestrator.publish(toScriptedSnapshot(world, providers, options.prefills ?? []));
  await waitFor(() => world.proxy.context.routing.index?.snapshot.version === 2, { describe: 'the routes' });
  return {
    ...world,
    providers,
    reset,
    async stop() {
      await world.stop();
      await Promise.all(providers.map((provider) => provider.close()));
    },
  };
}

function toScriptedSnapshot(
  world: World,
  upstreams: readonly ScriptedUpstream[],
  prefills: readonly string[],
): RoutingSnapshot {
  const snapshot = toSnapshot(world.mock.url, world.scripted.url, 2);
  const [mock] = snapshot.providers;
  const [model] = mock?.models ?? [];
  if (model === undefined) throw new Error('the mock provider has a model');
  const named = upstreams.map((upstream, index) => {
    const name = `p${index + 1}`;
    const capabilities = prefills.includes(name) ? (['prefill'] as const) : [];
    return {
      ...{ name, type: 'OpenAICompatible' as const, baseUrl: upstream.url, isAddressTrusted: true },
      ...{ credentialRefs: ['none'], options: {}, concurrencyMax: null },
      models: [{ ...model, id: 'm', capabilities: [...capabilities] }],
    };
  });
  const [first] = named;
  if (first === undefined) throw new Error('there is an upstream');
  const keys = { ...first, name: 'keyed', credentialRefs: ['env:ONE_API_KEY', 'env:ONE_API_KEY_2'] };
  const toRoute = (name: string, providers: readonly string[]) => ({
    ...{
      name,
      strategy: 'weighted' as const,
      isSticky: false,
      resume: 'verified' as const,
      mayFailOverOnPolicy: false,
    },
    candidates: providers.map((provider, priority) => ({ provider, model: 'm', priority, weight: 1 })),
  });
  return {
    ...snapshot,
    providers: [...snapshot.providers, ...named, keys],
    routes: [
      toRoute('all', ['p1', 'p2', 'p3']),
      toRoute('two', ['p1', 'p2']),
      toRoute('alone', ['p1']),
      toRoute('keys', ['keyed']),
      toRoute('keys-then-other', ['keyed', 'p2']),
    ],
  };
}
