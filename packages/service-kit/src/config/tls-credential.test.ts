import { readCertificate as read } from '@aggregator/testing';
import { describe, expect, it } from '@jest/globals';
import { packTls, unpackTls } from './tls-credential.ts';

const client = { cert: read('client'), key: read('client-key') };

describe('TLS files as one text', () => {
  it.each([
    ['an authority', { ca: read('ca') }],
    ['a client', client],
    ['both', { ca: read('ca') + read('ca'), ...client }],
  ])('are the same again: %s', (_name, files) => {
    const packed = packTls(files) ?? '';
    expect(packed).toMatch(/^[\x21-\x7e]+$/);
    expect(unpackTls(packed)).toEqual(files);
  });

  it.each([
    ['nothing', {}],
    ['a certificate without its key', { cert: client.cert }],
    ['a key without its certificate', { key: client.key }],
    ['the key of another certificate', { ...client, key: read('server-key') }],
    ['no certificate', { ca: 'sk-key' }],
    ['a torn certificate', { ca: read('ca').replace(/\n.{20}/, '\n') }],
    ['more than can be kept', { ca: read('ca').repeat(30) }],
  ])('are refused: %s', (_name, files) => {
    expect(packTls(files)).toBeNull();
  });

  it('are not read from a key', () => {
    expect(unpackTls('sk-key')).toBeNull();
    expect(unpackTls('')).toBeNull();
  });
});
