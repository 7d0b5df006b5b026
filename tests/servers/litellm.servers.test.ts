import { join } from 'node:path';
import { createFakeOpenAi, startFakeProvider } from '@aggregator/fake-providers';
import { installPackage } from '../agents/install-package.ts';
import { describeServer } from './describe-server.ts';
import { runServer } from './run-server.ts';

const apiKey = 'sk-litellm-master';
const chatModel = 'chat-model';
const embeddingModel = 'embedding-model';

/** LiteLLM's proxy in front of a fake OpenAI. */
describeServer({
  ...{ name: 'LiteLLM', profile: 'litellm', apiKey, chatModel, embeddingModel },
  ...{ startTimeoutMs: 900_000, hasSmallContext: false, mendedStatus: {} },
  unfinished: ['several answers, streamed'],
  async start() {
    const programs = await installPackage({ registry: 'pypi', name: 'litellm[proxy]', version: '1.108.7' });
    const openAi = await startFakeProvider(createFakeOpenAi().listener);
    const model = (name: string, vendorName: string) => ({
      model_name: name,
      litellm_params: { model: `openai/${vendorName}`, api_base: `${openAi.url}/v1`, api_key: 'sk-fake-openai' },
    });
    const config = {
      model_list: [model(chatModel, 'gpt-4o-mini'), model(embeddingModel, 'text-embedding-3-small')],
      general_settings: { master_key: apiKey },
    };
    const server = await runServer({
      program: join(programs, 'litellm'),
      // YAML has all of JSON.
      files: { 'config.yaml': JSON.stringify(config) },
      environment: {},
      arguments: (home, port) => ['--config', join(home, 'config.yaml'), '--host', '127.0.0.1', '--port', String(port)],
      readyPath: '/health/liveliness',
    });
    return {
      url: server.url,
      async close() {
        await server.close();
        await openAi.close();
      },
    };
  },
});
