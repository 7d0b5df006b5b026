import { createServer, type ServerResponse } from 'node:http';
import { z } from 'zod';

/**
 * An OpenAI-compatible provider for attacks: `max_tokens` is the number of chunks of a stream, 100 ms apart, and a user
 * text that begins with "big" makes each chunk 16 KiB long. Run with a port; prints `ready`.
 */
const asked = z.object({
  stream: z.boolean().optional(),
  max_tokens: z.number().optional(),
  messages: z.array(z.object({ content: z.unknown() })).optional(),
});
const chunkIntervalMs = 100;
const headers = { id: 'chatcmpl-hostile', created: 1, model: 'hostile' };
const event = (choices: object[], extra: object = {}) =>
  `data: ${JSON.stringify({ ...headers, object: 'chat.completion.chunk', choices, ...extra })}\n\n`;
const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 };

function sendStream(response: ServerResponse, chunks: number, text: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(event([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]));
  const word = event([{ index: 0, delta: { content: text }, finish_reason: null }]);
  let sent = 0;
  const timer = setInterval(() => {
    if (sent < chunks) {
      sent += 1;
      // A client that does not read is the gateway's to cut: what waits here is bounded by the run.
      if (response.writableLength < 1_000_000) response.write(word);
      return;
    }
    clearInterval(timer);
    response.end(`${event([{ index: 0, delta: {}, finish_reason: 'stop' }])}${event([], { usage })}data: [DONE]\n\n`);
  }, chunkIntervalMs);
  response.on('close', () => clearInterval(timer));
}

function sendWhole(response: ServerResponse): void {
  const message = { role: 'assistant', content: 'word' };
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ ...headers, object: 'chat.completion', choices, usage }));
}

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  let bytes = 0;
  request.on('data', (part: Buffer) => {
    bytes += part.length;
    // The head of a large body is enough; the tail has what its writer put last.
    if (bytes < 200_000) parts.push(part);
  });
  request.on('end', () => {
    // A probe has no body; a large one is not read: it is never a stream.
    const isRead = bytes > 0 && bytes < 200_000;
    const body = isRead ? asked.safeParse(JSON.parse(Buffer.concat(parts).toString('utf8'))).data : undefined;
    if (body?.stream !== true) return sendWhole(response);
    const isBig = String(body.messages?.at(-1)?.content).startsWith('big');
    sendStream(response, body.max_tokens ?? 5, isBig ? 'x'.repeat(16_384) : 'word ');
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('ready\n'));
