import { type ChatCompletionRequest, chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { inspectContent } from './inspect-content.ts';

const chat = (...content: object[]): ChatCompletionRequest =>
  chatCompletionRequest.parse({ model: 'm', messages: [{ role: 'user', content }] });
const image = (url: unknown) => ({ type: 'image_url', image_url: { url } });

describe('the content of a conversation', () => {
  it('takes https URLs of public hosts and data URLs, and counts them', () => {
    const data = `data:image/png;base64,${'A'.repeat(1000)}`;
    const summary = inspectContent(
      chat(
        { type: 'text', text: 'look' },
        image('https://example.com/a.png'),
        image('https://93.184.216.34/a.png'),
        image('https://[2606:2800:220:1::1]/a.png'),
        image(data),
        { type: 'image_url', image_url: data },
      ),
    );

    expect(summary).toEqual({ images: 5, dataUrlLength: 2 * data.length, hasOpaqueParts: false });
  });

  it.each([
    'http://example.com/a.png',
    'file:///etc/passwd',
    'ftp://example.com/a',
    'javascript:alert(1)',
    '',
    'not a url',
    42,
    null,
    undefined,
    'https://user:password@example.com/a',
    'https://localhost/a',
    'https://LOCALHOST./a',
    'https://foo.localhost/a',
    'https://metadata.google.internal/a',
    'https://printer.local/a',
    'https://kubernetes/a',
    'https://proxy.default.svc/a',
    'https://127.0.0.1/a',
    'https://2130706433/a',
    'https://0x7f.1/a',
    'https://0177.0.0.1/a',
    'https://127.1/a',
    'https://0.0.0.0/a',
    'https://10.1.2.3/a',
    'https://100.64.0.1/a',
    'https://169.254.169.254/latest/meta-data',
    'https://172.31.0.1/a',
    'https://192.168.0.1/a',
    'https://224.0.0.1/a',
    'https://[::]/a',
    'https://[::1]/a',
    'https://[::ffff:127.0.0.1]/a',
    'https://[::ffff:a9fe:a9fe]/a',
    'https://[64:ff9b::7f00:1]/a',
    'https://[fd00:ec2::254]/a',
    'https://[fe80::1]/a',
  ])('refuses the image %p, and says where it is', (url) => {
    expect(() => inspectContent(chat({ type: 'text', text: 'x' }, image(url)))).toThrow(
      expect.objectContaining({ code: 'invalid_image_url', param: 'messages[0].content[1].image_url' }),
    );
  });

  it('refuses a data URL over 16 MiB, and any other over 8 KiB', () => {
    for (const url of [`data:${'A'.repeat(16 * 1024 * 1024)}`, `https://example.com/${'a'.repeat(8192)}`]) {
      expect(() => inspectContent(chat(image(url)))).toThrow(expect.objectContaining({ code: 'invalid_image_url' }));
    }
  });

  it('notices parts whose size says nothing about their tokens', () => {
    for (const type of ['file', 'input_audio', 'video_url', 'of-tomorrow']) {
      expect(inspectContent(chat({ type })).hasOpaqueParts).toBe(true);
    }
  });
});
