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

    expect(summary).toEqual({
      images: 5,
      media: [data.slice(data.indexOf(',') + 1), data.slice(data.indexOf(',') + 1)],
      hasOpaqueParts: false,
    });
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
    'https://[2002:7f00:1::]/a',
    'https://[fec0::1]/a',
    'https://[2001:0:7f00:1::]/a',
    'https://192.0.2.1/a',
    'https://127.0.0.1.nip.io/a',
    'https://7f000001.nip.io/a',
    'https://www.10-0-0-1.example.com/a',
    'https://wiki.corp/a',
    'https://example.com:6379/a',
  ])('refuses the image %p, and says where it is', (url) => {
    expect(() => inspectContent(chat({ type: 'text', text: 'x' }, image(url)))).toThrow(
      expect.objectContaining({ code: 'invalid_image_url', param: 'messages[0].content[1].image_url' }),
    );
  });

  it.each([
    { type: 'file', file: { file_url: 'http://169.254.169.254/' } },
    { type: 'file', file: { file_url: 'https://[2002:7f00:1::]/a.pdf' } },
    { type: 'file', file: { file_data: 'https://10.0.0.1/a.pdf' } },
    { type: 'file', file: { file_data: 'file:///etc/passwd' } },
    { type: 'file', file: { file_data: 'gs://bucket/a.pdf' } },
    { type: 'file', file: { file_id: 'https://metadata.google.internal/a' } },
    { type: 'input_audio', input_audio: { url: 'https://localhost/a.wav' } },
    { type: 'input_audio', input_audio: { data: 'https://[fec0::1]/a.wav', format: 'wav' } },
    { type: 'video_url', video_url: { url: 'https://192.168.0.1/a.mp4' } },
    { type: 'video_url', video_url: 'kubernetes' },
    { type: 'document', source: { type: 'url', url: 'http://example.com/a.pdf' } },
    { type: 'document', source: { type: 'content', content: [{ fileUri: 'https://127.1/a' }] } },
    { type: 'text', text: 'x', file: { url: '//10.0.0.1/a' } },
  ])('refuses the address in %j', (part) => {
    expect(() => inspectContent(chat({ type: 'text', text: 'x' }, part))).toThrow(
      expect.objectContaining({
        code: 'invalid_file_url',
        param: expect.stringMatching(/^messages\[0\]\.content\[1\]\./),
      }),
    );
  });

  it('refuses a private address in an image of an earlier answer', () => {
    const images = [image('https://10.0.0.1/a.png')];
    const messages = [{ role: 'assistant' as const, content: 'see', images }];

    expect(() => inspectContent(chatCompletionRequest.parse({ model: 'm', messages }))).toThrow(
      expect.objectContaining({ code: 'invalid_image_url', param: 'messages[0].images[0]' }),
    );
  });

  it('refuses the private address of a tool that a provider would call, and takes any in a schema', () => {
    const messages = [{ role: 'user' as const, content: 'hi' }];
    const parse = (tool: object) => chatCompletionRequest.parse({ model: 'm', messages, tools: [tool] });
    const properties = { url: { default: 'http://10.0.0.1' } };

    expect(() => inspectContent(parse({ type: 'mcp', server_url: 'https://10.0.0.1/sse' }))).toThrow(
      expect.objectContaining({ code: 'invalid_file_url', param: 'tools[0].server_url' }),
    );
    expect(inspectContent(parse({ type: 'function', function: { name: 'get', parameters: { properties } } }))).toEqual({
      images: 0,
      media: [],
      hasOpaqueParts: false,
    });
  });

  it('takes files by public address or by content, and addresses in texts', () => {
    const parts = [
      { type: 'file', file: { file_url: 'https://example.com/a.pdf' } },
      { type: 'file', file: { file_data: 'https://example.com/a.pdf', filename: 'C:\\a.pdf' } },
      { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA', filename: 'http://10.0.0.1' } },
      { type: 'file', file: { file_data: 'QUFBQQ==', filename: 'a.pdf' } },
      { type: 'input_audio', input_audio: { data: 'QUFB', format: 'wav' } },
      { type: 'text', text: 'http://169.254.169.254/' },
    ];

    expect(inspectContent(chat(...parts))).toEqual({ images: 0, media: [], hasOpaqueParts: true });
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
