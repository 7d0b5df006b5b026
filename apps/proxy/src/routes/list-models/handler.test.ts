import { modelList, modelRow, openAiErrorBody } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPrincipal, startWorld, type World } from '../../testing/start-world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

async function get(path: string, models: string[] | null = null) {
  const headers = await world.headers(undefined, createPrincipal({ models }));
  const answer = await fetch(`${world.url}${path}`, { headers });
  return { status: answer.status, json: JSON.parse(await answer.text()) };
}

describe('GET /v1/models', () => {
  it('lists every model with its price and limits', async () => {
    const { status, json } = await get('/v1/models');
    const { data } = modelList.parse(json);

    expect(status).toBe(200);
    expect(data.find((row) => row.id === 'mock/mock-small')).toMatchObject({
      provider: 'mock',
      context_length: 128_000,
      pricing: { prompt: '0.00000015', completion: '0.0000006' },
    });
  });

  it('lists only its allowed models for a restricted key, under any name', async () => {
    const { json } = await get('/v1/models', ['mock/mock-small', 'scripted-model']);

    expect(modelList.parse(json).data.map((row) => row.id)).toEqual(['mock/mock-small', 'scripted-model']);
  });
});

describe('GET /v1/models/{id}', () => {
  it.each([
    ['gpt-4', 'The model gpt-4 was retired by its vendor on 2026-10-23. Use gpt-4.1 instead.'],
    ['dall-e-3', 'The model dall-e-3 was retired by its vendor on 2026-05-12. Use gpt-image-2 instead.'],
  ])('%s answers 404 with the successor of a retired model, and so does a chat (A-C1)', async (model, message) => {
    const shown = await get(`/v1/models/${model}`);
    const messages = [{ role: 'user', content: 'x' }];
    const asked = await world.post('/v1/chat/completions', { model, messages }, await world.headers());

    for (const { status, json } of [shown, { status: asked.status, json: JSON.parse(await asked.text()) }]) {
      const { code, message: returned } = openAiErrorBody.parse(json).error;
      expect({ status, code, returned }).toEqual({ status: 404, code: 'model_not_found', returned: message });
    }
  });

  it('does not take a model of another provider for a retired one of its name', async () => {
    const { json } = await get('/v1/models/mock/gpt-4');
    expect(openAiErrorBody.parse(json).error.message).not.toContain('retired');
  });

  it.each(['/v1/models/mock/mock-small', '/v1/models/mock%2Fmock-small', '/v1/models/mock/mock-small?x=1'])(
    '%s returns the model',
    async (path) => {
      const { status, json } = await get(path);

      expect(status).toBe(200);
      expect(modelRow.parse(json).id).toBe('mock/mock-small');
    },
  );

  it.each([
    ['/v1/models/no-such-model', null],
    ['/v1/models/%zz', null],
    ['/v1/models/mock/mock-small', ['scripted-model']],
  ])('%s for a key with %p answers 404', async (path, models) => {
    const { status, json } = await get(path, models);

    expect([status, openAiErrorBody.parse(json).error.code]).toEqual([404, 'model_not_found']);
  });
});
