import { join } from 'node:path';
import { describeServer } from './describe-server.ts';
import { buildLlamaCpp } from './llama/build-llama-cpp.ts';
import { makeTinyModel, tinyContextTokens } from './llama/tiny-model.ts';
import { runServer } from './run-server.ts';

const apiKey = 'sk-llama';

/** llama.cpp's server with a tiny model; it makes embeddings only if it is started for them alone. */
const llamaCpp = (further: readonly string[]) => ({
  ...{ profile: 'llama-cpp', apiKey, startTimeoutMs: 7_200_000 },
  async start() {
    const { programs } = await buildLlamaCpp('llama-server');
    return await runServer({
      program: join(programs, 'llama-server'),
      files: { 'tiny.gguf': makeTinyModel() },
      environment: {},
      arguments: (home, port) => [
        ...['--model', join(home, 'tiny.gguf'), '--host', '127.0.0.1', '--port', String(port), '--api-key', apiKey],
        ...['--ctx-size', String(tinyContextTokens), '--parallel', '1', '--threads', '1', '--offline', ...further],
      ],
      readyPath: '/health',
    });
  },
});

describeServer({
  ...{ name: 'llama.cpp', chatModel: 'tiny', embeddingModel: null, hasSmallContext: true },
  ...llamaCpp(['--jinja']),
  mendedStatus: { 'a picture': 400, 'a picture, streamed': 400 },
});
describeServer({
  ...{ name: 'llama.cpp for embeddings', chatModel: null, embeddingModel: 'tiny', hasSmallContext: false },
  ...llamaCpp(['--embeddings', '--pooling', 'mean']),
  mendedStatus: {},
});
