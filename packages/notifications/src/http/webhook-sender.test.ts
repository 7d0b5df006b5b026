import { createEgressAllowlist, emptyAllowlist } from '@aggregator/service-kit';
import { type Receiver, startReceiver } from '@aggregator/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { createWebhookSecret } from './sign-webhook.ts';
import { createWebhookSender, type WebhookSender } from './webhook-sender.ts';

const secret = createWebhookSecret();
const body = JSON.stringify({ type: 'webhook.test', data: { name: 'Zoë' } });
const id = '01890000-0000-7000-8000-000000000000';

describe('the sender of webhooks', () => {
  let receiver: Receiver;
  const senders: WebhookSender[] = [];
  const open = (options: { allowlist?: string[]; deadlineMs?: number } = {}) => {
    const { allowlist = ['127.0.0.1'], deadlineMs = 10_000 } = options;
    const sender = createWebhookSender({ allowlist: createEgressAllowlist(allowlist), proxies: {}, deadlineMs });
    senders.push(sender);
    return sender;
  };
  const send = (sender: WebhookSender, url = `${receiver.url}/hook`) =>
    sender.send({ url, secret, id, body, now: new Date() });
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.stop());
  afterEach(async () => {
    receiver.received.length = 0;
    await Promise.all(senders.splice(0).map((sender) => sender.close()));
  });

  it('signs so that the library of Standard Webhooks verifies it, and no other secret does', async () => {
    receiver.answer = (response) => void response.writeHead(200).end('thanks\0');
    expect(await send(open())).toEqual({ status: 200, reason: null, response: 'thanks?' });

    const [{ headers, body: text } = { headers: {}, body: '' }] = receiver.received;
    const sent = headers as Record<string, string>;
    expect(new Webhook(secret).verify(text, sent)).toEqual(JSON.parse(body));
    expect(() => new Webhook(createWebhookSecret()).verify(text, sent)).toThrow('No matching signature');
    expect(() => new Webhook(secret).verify(`${text} `, sent)).toThrow('No matching signature');
  });

  it('follows no redirect', async () => {
    receiver.answer = (response) => void response.writeHead(307, { location: `${receiver.url}/other` }).end();
    expect(await send(open())).toMatchObject({ status: 307, reason: 'redirect' });
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
  });

  it.each(['127.0.0.1', 'localhost', '169.254.169.254', '10.0.0.1', '[::1]'])('connects to no %s', async (host) => {
    const { port } = new URL(receiver.url);
    const sender = createWebhookSender({ allowlist: emptyAllowlist, proxies: {}, deadlineMs: 10_000 });
    senders.push(sender);
    expect(await send(sender, `http://${host}:${port}/`)).toEqual({
      ...{ status: null, reason: 'address_refused', response: null },
    });
    expect(receiver.received).toEqual([]);
  });

  it('waits no longer than the deadline, also for the end of a body', async () => {
    receiver.answer = () => undefined;
    expect(await send(open({ deadlineMs: 50 }))).toEqual({ status: null, reason: 'timeout', response: null });
    receiver.answer = (response) => void response.writeHead(200).write('begun');
    expect(await send(open({ deadlineMs: 2000 }))).toEqual({ status: 200, reason: null, response: 'begun' });
  });

  it('keeps a KiB of an answer and reads no endless one', async () => {
    receiver.answer = (response) => {
      const chunk = Buffer.alloc(64 * 1024, 0xff);
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.writeHead(500).on('drain', more);
      more();
    };
    const { response, ...result } = await send(open());
    expect(result).toEqual({ status: 500, reason: 'status' });
    expect(response).toBe('?'.repeat(1024));
  });

  it('reports a connection that fails', async () => {
    const closed = await startReceiver();
    await closed.stop();
    expect(await send(open(), closed.url)).toMatchObject({ status: null, reason: 'connection_failed' });
  });
});
