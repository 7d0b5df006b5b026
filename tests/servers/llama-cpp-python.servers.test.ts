import { join } from 'node:path';
import { installPackage } from '../agents/install-package.ts';
import { describeServer } from './describe-server.ts';
import { buildLlamaCpp } from './llama/build-llama-cpp.ts';
import { makeTinyModel, tinyContextTokens } from './llama/tiny-model.ts';
import { runServer } from './run-server.ts';

const apiKey = 'sk-llama';

/**
 * It answers 500 to what its validator rejects (null as the content beside a call, which the product sends as an empty text; a
 * schema as OpenAI has it, which the product sends as that of `json_object`), and 500 to parts of a message where a template takes text only. In a stream its own errors are an empty answer with 200, in which nothing shows their cause.
 */
const mendedStatus = {
  ...{ 'the result of a tool': 200, 'the result of a tool, streamed': 200 },
  ...{ 'an object by its schema': 200, 'an object by its schema, streamed': 200 },
  ...{ 'a picture': 400, 'a picture, streamed': 502, 'a prompt that is too long, streamed': 502 },
};

/** llama-cpp-python's server with the same model and the same libraries, which are not compiled twice. It takes any name of a model. */
describeServer({
  ...{
    name: 'llama-cpp-python',
    profile: 'llama-cpp-python',
    apiKey,
    chatModel: 'tiny',
    embeddingModel: 'tiny-vectors',
  },
  ...{ startTimeoutMs: 7_200_000, hasSmallContext: true, mendedStatus },
  async start() {
    const { programs: libraries, source } = await buildLlamaCpp('llama');
    const programs = await installPackage({
      ...{ registry: 'pypi', name: 'llama_cpp_python[server]', version: '0.3.36' },
      source: { folder: source, environment: { CMAKE_ARGS: '-DLLAMA_BUILD=OFF' } },
    });
    return await runServer({
      program: join(programs, 'python'),
      files: { 'tiny.gguf': makeTinyModel() },
      environment: { LLAMA_CPP_LIB_PATH: libraries },
      arguments: (home, port) => [
        ...[
          '-m',
          'llama_cpp.server',
          '--model',
          join(home, 'tiny.gguf'),
          '--host',
          '127.0.0.1',
          '--port',
          String(port),
        ],
        ...['--api_key', apiKey, '--n_ctx', String(tinyContextTokens), '--n_threads', '1', '--embedding', 'true'],
      ],
      readyPath: '/openapi.json',
    });
  },
});
