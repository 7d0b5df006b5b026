import { createServer } from 'node:http';
import { Pool } from 'undici';

/** The baseline: the least that a relay of this kind can do. Body in, dispatch, bytes out; nothing is looked at. */
const upstream = new Pool(process.argv[3] ?? '', { connections: 256, pipelining: 1 });

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    upstream.dispatch(
      {
        method: 'POST',
        path: request.url ?? '/',
        headers: { 'content-type': 'application/json', authorization: 'Bearer bench' },
        body: Buffer.concat(chunks),
      },
      {
        onRequestStart: () => undefined,
        onResponseStart(_controller, status, headers) {
          response.writeHead(status, headers);
        },
        onResponseData(controller, chunk) {
          if (response.write(chunk)) return;
          controller.pause();
          response.once('drain', () => controller.resume());
        },
        onResponseEnd: () => void response.end(),
        onResponseError: () => void response.destroy(),
      },
    );
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'));
