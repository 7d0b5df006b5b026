import { request } from 'node:http';
import type { PrivacyPolicy } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chunkEvent } from '../../testing/scripted-upstream.ts';
import { createPrincipal, startWorld, type World } from '../../testing/start-world.ts';

const addedMsMax = 5;
const promptsCount = 100;
/** More than the least only if the machine is too busy to measure: a cost that is really there stays in every round. */
const roundsMin = 4;
const roundsMax = 8;
const promptBytesMax = 4096;

/** As full as an organisation's may well be: every kind, a team's names, some patterns. */
const policy: PrivacyPolicy = {
  mode: 'mask',
  names: Array.from({ length: 100 }, (_, at) => `Иван Петров-${at}`),
  patterns: ['ДОГ-\\d{4}/\\d{2}', 'acct_[0-9a-f]{6}', 'KL\\d{8}'],
};

const sentences = [
  'Please read the letter below and list in three points what the customer wants from us. ',
  'Договор ДОГ-2024/17 подписал Иван Петров-7, телефон +7 (912) 345-67-89. ',
  'It was sent from 203.0.113.7 at 12:30:15 on 2026-01-17; the order has 4 items at 19.99 each. ',
  'The refund of $1,250.00 goes to DE89 3704 0044 0532 0130 00, not to card 4111 1111 1111 1111. ',
  '{"customer": "anna.schmidt@example.com", "id": 12345678, "tags": ["vip", "eu"]} ',
  'Function `readRow(row[3])` throws where the column is empty, see lines 120–135. ',
];

/** A prompt of an ordinary length, with something personal in every few sentences of it. */
function promptOf(number: number): string {
  const bytesMax = 200 + ((number * 997) % (promptBytesMax - 200));
  let prompt = `Letter ${number}. `;
  for (let at = number; ; at += 1) {
    const more = prompt + (sentences[at % sentences.length] ?? '');
    if (Buffer.byteLength(more) > bytesMax) return prompt;
    prompt = more;
  }
}

/** From the request to the first token that its caller sees: on the clock, and of this process on a core. */
interface Times {
  readonly wallMs: number;
  readonly cpuMs: number;
}

function readTimes(): Times {
  const { user, system } = process.cpuUsage();
  return { wallMs: performance.now(), cpuMs: (user + system) / 1000 };
}

/** Resolves when the answer is over. */
function timeFirstToken(url: string, headers: Record<string, string>, prompt: string): Promise<Times> {
  const body = JSON.stringify({
    model: 'scripted-model',
    stream: true,
    messages: [{ role: 'user', content: prompt }],
  });
  return new Promise((resolve, reject) => {
    const started = readTimes();
    let first: Times | null = null;
    let text = '';
    const sent = request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } });
    sent.once('error', reject).once('response', (response) => {
      response.on('data', (bytes: Buffer) => {
        text += bytes.toString();
        if (first === null && text.includes('"content":"')) first = readTimes();
      });
      response.once('end', () => {
        if (first === null) reject(new Error(text));
        else resolve({ wallMs: first.wallMs - started.wallMs, cpuMs: first.cpuMs - started.cpuMs });
      });
    });
    sent.end(body);
  });
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.ceil(values.length * share) - 1] ?? Number.NaN;

/** If requests wait this many times longer for a core than they have it, the clock measures the machine and not our code. */
const starvedRatio = 3;

/**
 * What the machine is busy with besides only ever adds time, to both kinds of requests alike. So masked and unmasked ones
 * take turns, each prompt is asked several times, and the best of its times stand for it; the 99th percentile is that over
 * prompts. Of all single times, which have the noise in them, median and 90th percentile have the same bound, or where the
 * unmasked ones alone scatter by more than that, what they scatter by. The clock is what counts, unless the unmasked
 * requests alone say that the machine is starved: then it is the time on a core, of which masking consists.
 */
describe('masking', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    world.scripted.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`${chunkEvent('[NAME_1] wants ')}${chunkEvent('it.', 'stop')}data: [DONE]\n\n`);
    };
  });
  afterAll(() => world.stop());

  it(`adds less than ${addedMsMax} ms to the first token of prompts of up to 4 KB, at the 99th percentile`, async () => {
    const url = `${world.url}/v1/chat/completions`;
    const principals = { masked: createPrincipal({ privacy: policy }), unmasked: createPrincipal() };
    const ask = async (kind: keyof typeof principals, number: number) =>
      timeFirstToken(url, await world.headers(undefined, principals[kind]), promptOf(number));
    const kinds = ['masked', 'unmasked'] as const;
    const times = { masked: new Map<number, Times[]>(), unmasked: new Map<number, Times[]>() };
    const sumOf = (measure: keyof Times) =>
      [...times.unmasked.values()].flat().reduce((sum, time) => sum + time[measure], 0);
    const listTimes = (kind: keyof typeof times, number?: number) => {
      const measure = sumOf('wallMs') > starvedRatio * sumOf('cpuMs') ? 'cpuMs' : 'wallMs';
      const found = number === undefined ? [...times[kind].values()].flat() : (times[kind].get(number) ?? []);
      return found.map((time) => time[measure]);
    };
    const bestOf = (kind: keyof typeof times, number: number) => Math.min(...listTimes(kind, number));
    const added = () =>
      Array.from(times.masked.keys(), (number) => bestOf('masked', number) - bestOf('unmasked', number));
    const isDecided = (round: number) => round >= roundsMin && quantile(added(), 0.99) < addedMsMax;

    for (let number = 0; number < 20; number += 1) for (const kind of kinds) await ask(kind, number);
    expect(world.scripted.lastBody).toContain('anna.schmidt');
    await ask('masked', 19);
    expect(world.scripted.lastBody).toContain('[NAME_1]');
    expect(world.scripted.lastBody).not.toContain('anna.schmidt');

    for (let round = 0; round < roundsMax && !isDecided(round); round += 1) {
      for (let number = 0; number < promptsCount; number += 1) {
        for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
          times[kind].set(number, [...(times[kind].get(number) ?? []), await ask(kind, number)]);
        }
      }
    }

    expect(added()).toHaveLength(promptsCount);
    expect(quantile(added(), 0.99)).toBeLessThan(addedMsMax);
    const timesAt = (kind: keyof typeof times, share: number) => quantile(listTimes(kind), share);
    const scatterMs = timesAt('unmasked', 0.99) - timesAt('unmasked', 0.05);
    for (const share of [0.5, 0.9]) {
      const addedMs = timesAt('masked', share) - timesAt('unmasked', share);
      expect(addedMs).toBeLessThan(Math.max(addedMsMax, scatterMs));
    }
  });
});
