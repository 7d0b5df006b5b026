import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { Pool } from 'undici';

/**
 * The yardstick: the least that a gateway written in Node can do. node:http in, undici's `dispatch` out, the key checked by its
 * hash, the JSON of the request and of the answer parsed. It knows no limits, no money, no failover and no second provider.
 * Run as `minimal.ts <port> <upstream> <key>`; prints `ready`.
 */
const [, , port, upstreamUrl = '', key = ''] = process.argv;
const upstream = new Pool(upstreamUrl, { connections: 256, pipelining: 1 });
const digest = (text: string) => createHash('sha256').update(text).digest();
const known = digest(key);

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const given = (request.headers.authorization ?? '').slice('Bearer '.length);
    if (!timingSafeEqual(digest(given), known)) {
      response.writeHead(401).end();
      return;
    }
    const asked: { stream?: boolean } = JSON.parse(Buffer.concat(chunks).toString());
    const answer: Buffer[] = [];
    upstream.dispatch(
      {
        method: 'POST',
        path: request.url ?? '/',
        headers: { 'content-type': 'application/json', authorization: 'Bearer bench' },
        body: JSON.stringify(asked),
      },
      {
        onRequestStart(controller) {
          response.once('close', () => {
            if (!response.writableFinished) controller.abort(new Error('the client has left'));
          });
        },
        onResponseStart(_controller, status, headers) {
          if (asked.stream === true) response.writeHead(status, { 'content-type': String(headers['content-type']) });
        },
        onResponseData(controller, chunk) {
          if (asked.stream !== true) answer.push(chunk);
          else if (!response.write(chunk)) {
            controller.pause();
            response.once('drain', () => controller.resume());
          }
        },
        onResponseEnd() {
          if (asked.stream === true) {
            response.end();
            return;
          }
          const text = JSON.stringify(JSON.parse(Buffer.concat(answer).toString()));
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
          response.end(text);
        },
        onResponseError: () => void response.destroy(),
      },
    );
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(port), '127.0.0.1', () => console.log('ready'));
