import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { compilePolicy, maskTexts } from '@aggregator/anonymisation';
import { chatCompletionRequest, createdApiKey, tokenAnswer } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { root } from '../tidy/source-files.ts';
import { createManagementClient } from '../world/management-client.ts';
import { startWorld, type World } from '../world/start-world.ts';

/** Says what docs/privacy.md says, and sends the requests that it prints to the six services. */
const page = readFileSync(join(root, 'docs/privacy.md'), 'utf8');

interface Example {
  method: string;
  path: string;
  headers: [string, string][];
  body: string;
}

/** The request of a printed `curl` command. */
function exampleOf(name: string, variables: Readonly<Record<string, string>>): Example {
  const printed = new RegExp(`<!-- example: ${name} -->\\n\`\`\`sh\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1];
  const [, method = 'POST', path, rest] =
    /^curl (?:-X ([A-Z]+) )?http:\/\/127\.0\.0\.1:3000(\S+)([\s\S]*)$/.exec(printed ?? '') ?? [];
  const body = /-d '([^']*)'/.exec(rest ?? '')?.[1];
  if (path === undefined || body === undefined) throw new Error(`the page has no example ${name}`);
  const headers = [...(rest ?? '').matchAll(/-H "([^:"]+): ([^"]+)"/g)].map(
    ([, key = '', value = '']): [string, string] => [
      key,
      value.replace(/\$([A-Z_]+)/, (_match, variable: string) => variables[variable] ?? ''),
    ],
  );
  return { method, path, headers, body: body.replace('"mock-small"', '"recorder"') };
}

/** A provider that writes down what it reads, and says it back. */
async function startRecorder() {
  const read: string[] = [];
  const server = createServer(async (request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.method === 'GET') return void response.end('{"object":"list","data":[{"id":"recorder"}]}');
    const body = await text(request);
    read.push(body);
    const content = chatCompletionRequest.parse(JSON.parse(body)).messages.at(-1)?.content;
    const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    response.end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'recorder', choices, usage }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { read, url: `http://127.0.0.1:${port}/v1`, close: () => server.close() };
}

describe('docs/privacy.md', () => {
  const rows = [...page.matchAll(/^\| `([^`]+)` \| `([^`]+)` \|$/gm)].map(([, sent = '', seen = '']) => [sent, seen]);

  it('shows what is masked', () => expect(rows.length).toBeGreaterThanOrEqual(6));

  it.each(rows)('says truly what becomes of %s', (sent = '', seen = '') => {
    expect(maskTexts([sent], compilePolicy({ mode: 'mask' })).texts).toEqual([seen]);
  });
});

describe('the requests of docs/privacy.md', () => {
  let recorder: Awaited<ReturnType<typeof startRecorder>>;
  let world: World;
  let variables: Record<string, string>;
  beforeAll(async () => {
    recorder = await startRecorder();
    world = await startWorld({
      CUSTOM_BASE_URL: recorder.url,
      CUSTOM_MODELS: 'recorder',
      CUSTOM_PRICES: '{"recorder":{"input":"1","output":"1"}}',
    });
    const { adminEmail: email, adminPassword: password } = world;
    const login = await createManagementClient(world.baseUrl, null).request('POST', '/v1/auth/login', {
      email,
      password,
    });
    variables = { AGGREGATOR_KEY: world.apiKey, ACCESS_TOKEN: tokenAnswer.parse(login.json).accessToken };
  });
  afterAll(async () => {
    await world.destroy();
    recorder.close();
  });

  const send = async ({ method, path, headers, body }: Example) => {
    const answer = await fetch(`${world.baseUrl}${path}`, {
      method,
      headers,
      body,
      signal: AbortSignal.timeout(60_000),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const run = (name: string) => send(exampleOf(name, variables));
  /** What the provider reads of a text, and what its sender is answered. */
  const say = async (credential: string, content: string) => {
    const request = exampleOf('request', { AGGREGATOR_KEY: credential });
    const answer = await send({
      ...request,
      headers: request.headers.filter(([name]) => name !== 'x-aggregator-privacy'),
      body: JSON.stringify({ model: 'recorder', messages: [{ role: 'user', content }] }),
    });
    expect(answer.text).toContain(content);
    return recorder.read.at(-1) ?? '';
  };

  it('mask one request by its header, and no other', async () => {
    const answer = await run('request');
    expect(recorder.read.at(-1)).toContain('Write to [EMAIL_1]');
    expect(answer.text).toContain('anna@example.com');
    expect(await say(world.apiKey, 'Write to anna@example.com')).toContain('anna@example.com');
  });

  it('mask what is sent with a key', async () => {
    const { key } = createdApiKey.parse(JSON.parse((await run('key')).text));
    const read = await say(key, 'Anna Schmidt, KL-123456, anna@example.com');
    expect(read).toContain('[NAME_1], [CUSTOM_1], [EMAIL_1]');
  });

  it('mask what an organisation sends with any key or token, a second after it was asked for, and no longer than that', async () => {
    const { key } = createdApiKey.parse(JSON.parse((await run('key')).text));
    const everybody = [world.apiKey, variables.ACCESS_TOKEN ?? ''];
    // From here on the gateway has them in mind.
    for (const one of everybody) expect(await say(one, 'I am anna@example.com')).not.toContain('[EMAIL_1]');

    expect((await run('organisation')).status).toBe(200);
    for (const one of everybody) {
      await waitFor(async () => (await say(one, 'I am anna@example.com')).includes('I am [EMAIL_1]'), {
        describe: 'the policy to count',
      });
    }
    expect(await say(world.apiKey, 'Anna Schmidt at 203.0.113.7')).toContain('Anna Schmidt at 203.0.113.7');
    expect(await say(key, 'Anna Schmidt at 203.0.113.7')).toContain('[NAME_1] at [IP_1]');

    expect((await run('no organisation')).status).toBe(200);
    for (const one of everybody) {
      await waitFor(async () => (await say(one, 'I am anna@example.com')).includes('anna@example.com'), {
        describe: 'the policy to be gone',
      });
    }
  });
});
