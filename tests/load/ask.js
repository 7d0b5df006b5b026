// One chat completion, plain or streamed, and whether the answer was a whole one.
import { check, sleep } from 'k6';
import http from 'k6/http';
import { baseUrl, model } from './bounds.js';

/** Longest time for one answer, streams included. */
const answerMsMax = 180_000;

function post(kind, body) {
  return http.post(`${baseUrl}/v1/chat/completions`, JSON.stringify({ model, ...body }), {
    headers: { authorization: `Bearer ${__ENV.API_KEY}`, 'content-type': 'application/json' },
    timeout: answerMsMax,
    tags: { kind },
  });
}

/** What is wrong is counted, and then left alone for a second: a door that refuses is not hammered. */
function judge(answer, claims) {
  if (!check(answer, claims)) sleep(1);
}

const user = (content) => [{ role: 'user', content }];

export function askPlain(content) {
  const answer = post('plain', { messages: user(content) });
  judge(answer, {
    'a plain request is answered 200': ({ status }) => status === 200,
    'a plain answer has a choice and its cost': ({ body }) => isWhole(body),
  });
}

/** k6 reads a stream to its end before it hands it over: what is judged is the whole of it. */
export function askStream(content) {
  const answer = post('stream', { messages: user(content), stream: true });
  judge(answer, {
    'a stream begins with 200': ({ status }) => status === 200,
    'a stream ends with [DONE]': ({ body }) => typeof body === 'string' && body.trimEnd().endsWith('data: [DONE]'),
    'a stream has no error event': ({ body }) => typeof body === 'string' && !/^data: \{"error"/m.test(body),
  });
}

function isWhole(body) {
  if (typeof body !== 'string') return false;
  try {
    const { choices, usage } = JSON.parse(body);
    return choices.length === 1 && usage.cost_nano_usd !== undefined;
  } catch {
    return false;
  }
}
