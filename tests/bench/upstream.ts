import { createServer, type ServerResponse } from 'node:http';

/**
 * A provider that costs almost nothing: the same small answer every time, from bytes made in advance. Streams write one
 * event at a time, so that each is a separate chunk on the wire; one of the user `wait` stops after its first word. Run with a port; prints `ready`.
 */
const chunk = (delta: object, finish: string | null) =>
  Buffer.from(
    `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-mini', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
  );
const usage = { prompt_tokens: 12, completion_tokens: 50, total_tokens: 62 };
const first = chunk({ role: 'assistant', content: '' }, null);
const word = chunk({ content: ' word' }, null);
const last = chunk({}, 'stop');
const usageChunk = Buffer.from(
  `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-mini', choices: [], usage })}\n\ndata: [DONE]\n\n`,
);
const plain = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4o-mini',
    choices: [{ index: 0, message: { role: 'assistant', content: 'word '.repeat(50) }, finish_reason: 'stop' }],
    usage,
  }),
);

const chunksPerStream = Number(process.argv[3] ?? 50);
const chunkDelayMs = 4;

function stream(response: ServerResponse, isHeld: boolean): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(first);
  response.write(word);
  if (isHeld) return;
  let sent = 1;
  const timer = setInterval(() => {
    sent += 1;
    if (sent < chunksPerStream) {
      response.write(word);
      return;
    }
    clearInterval(timer);
    response.write(last);
    response.end(usageChunk);
  }, chunkDelayMs);
  response.on('close', () => clearInterval(timer));
}

const server = createServer((request, response) => {
  let [isStream, isHeld] = [false, false];
  request.on('data', (bytes: Buffer) => {
    isStream ||= bytes.includes('"stream":true');
    isHeld ||= bytes.includes('"wait"');
  });
  request.on('end', () => {
    if (isStream) return stream(response, isHeld);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': plain.length });
    response.end(plain);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'));
