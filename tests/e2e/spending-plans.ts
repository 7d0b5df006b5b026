/** One request of the crowd. */
export interface SpendingPlan {
  kind: string;
  path: string;
  body: object;
  headers?: Record<string, string>;
  /** When the client leaves, in milliseconds from the request on; absent if it stays. */
  leaveAfterMs?: number;
}

const prompt = 'please write one short answer about the weather of this day';
const user = (text: string) => [{ role: 'user', content: text }];
/** A stream that is still going on when its client leaves. */
const longTokens = 40;
const leaveMsMin = 200;
const leaveMsMax = 900;

/**
 * `count` requests of every kind, in turns: all operations, several choices, no and huge limits, masking, references,
 * providers that report what is not true, clients that leave.
 * @param itemId an item of an earlier answer, for references
 */
export function planSpending(count: number, itemId: string): SpendingPlan[] {
  const references = (times: number) => Array.from({ length: times }, () => ({ type: 'item_reference', id: itemId }));
  const chat = (kind: string, change: object = {}, text = prompt): SpendingPlan => ({
    kind,
    path: '/v1/chat/completions',
    body: { model: 'm1', max_tokens: 20, messages: user(text), ...change },
  });
  const leaver = (at: number): SpendingPlan => ({
    ...chat('left', { stream: true, max_tokens: longTokens }),
    leaveAfterMs: leaveMsMin + ((at * 97) % (leaveMsMax - leaveMsMin)),
  });
  const respond = (kind: string, times: number, change: object = {}): SpendingPlan => ({
    kind,
    path: '/v1/responses',
    body: { model: 'm1', max_output_tokens: 16, input: [...references(times), ...user('continue')], ...change },
  });
  const kinds: ((at: number) => SpendingPlan)[] = [
    () => chat('plain'),
    () => chat('stream', { stream: true }),
    () => chat('stream with usage', { stream: true, stream_options: { include_usage: true } }),
    () => chat('three choices', { n: 3, max_tokens: 10 }),
    () => chat('no limit', { model: 'm2', max_tokens: undefined }),
    () => chat('huge limit', { max_tokens: 1_000_000 }),
    () => ({ ...chat('masked', {}, `${prompt} ann@example.com`), headers: { 'x-aggregator-privacy': 'mask' } }),
    () => respond('one reference', 1),
    () => respond('eight references', 8),
    (at) => ({ ...respond('left references', 8, { stream: true }), leaveAfterMs: leaveMsMin + (at % 200) }),
    () => ({ kind: 'message', path: '/v1/messages', body: { model: 'm1', max_tokens: 20, messages: user(prompt) } }),
    () => ({ kind: 'completion', path: '/v1/completions', body: { model: 'm1', max_tokens: 20, prompt } }),
    () => ({ kind: 'embedding', path: '/v1/embeddings', body: { model: 'e1', input: prompt } }),
    leaver,
    leaver,
    () => chat('tenfold output', { max_tokens: 20 }, `${prompt} report-tenfold`),
    () => chat('tenfold stream', { stream: true, max_tokens: 20 }, `${prompt} report-tenfold`),
    () => chat('trillion of input', {}, `${prompt} report-trillion`),
    () => chat('no usage', {}, `${prompt} report-none`),
    () => chat('negative usage', { stream: true }, `${prompt} report-negative`),
  ];
  return Array.from({ length: count }, (_, at) => kinds[at % kinds.length]?.(at) ?? chat('plain'));
}
