import { unpackTls } from '@aggregator/service-kit';
import { type CertificateName, readCertificate } from '@aggregator/testing';
import { describe, expect, it } from '@jest/globals';
import { toCredentialId } from './credential-id.ts';
import { tlsReading } from './key-reading.ts';
import { readKey } from './read-key.ts';

const data = (value: string) => ({ 'api-key': Buffer.from(value).toString('base64') });

describe('a key of a Secret', () => {
  it.each([
    ['plain', 'sk-abc', 'sk-abc'],
    ['with the line break of an editor', 'sk-abc\n', 'sk-abc'],
    ['with the line break of another editor', 'sk-abc\r\n', 'sk-abc'],
  ])('is read %s', (_case, stored, value) => {
    expect(readKey(data(stored), 'api-key')).toEqual({ value });
  });

  it.each([
    ['no entry', { other: 'eA==' }, 'KeyNotFound'],
    ['nothing in it', data(''), 'EmptyKey'],
    ['a line break alone', data('\n'), 'EmptyKey'],
    ['spaces alone', data('   '), 'EmptyKey'],
    ['a space within', data('sk abc'), 'InvalidKey'],
    ['two line breaks at its end', data('sk-abc\n\n'), 'InvalidKey'],
    ['a letter that no header holds', data('sk-ä'), 'InvalidKey'],
    ['a zero byte', data('sk-\0'), 'InvalidKey'],
    ['more than a header holds', data('x'.repeat(5000)), 'InvalidKey'],
  ])('is a problem where there is %s', (_case, stored, problem) => {
    expect(readKey(stored, 'api-key')).toEqual({ problem });
  });

  it('is not found under the name of what every object has', () => {
    expect(readKey({}, 'toString')).toEqual({ problem: 'KeyNotFound' });
  });
});

describe('the id of a credential', () => {
  const from = { providerUid: 'p', keyName: 'k', secretUid: 's', secretResourceVersion: '1' };

  it('is a UUID, the same for every reader of the same Secret', () => {
    expect(toCredentialId(from)).toBe(toCredentialId({ ...from }));
    expect(toCredentialId(from)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it.each(['providerUid', 'keyName', 'secretUid', 'secretResourceVersion'] as const)(
    'is another one for another %s',
    (part) => {
      expect(toCredentialId({ ...from, [part]: 'other' })).not.toBe(toCredentialId(from));
    },
  );
});

describe('the certificates of a Secret', () => {
  const secret = (entries: Readonly<Record<string, CertificateName>>) =>
    Object.fromEntries(
      Object.entries(entries).map(([name, file]) => [name, Buffer.from(readCertificate(file)).toString('base64')]),
    );
  const read = (entries: Readonly<Record<string, CertificateName>>) => readKey(secret(entries), tlsReading.secretKey);

  it('are read together, as one value', () => {
    const files = read({ 'ca.crt': 'ca', 'tls.crt': 'client', 'tls.key': 'client-key' });
    const [ca, cert, key] = (['ca', 'client', 'client-key'] as const).map(readCertificate);

    expect(unpackTls('value' in files ? files.value : '')).toEqual({ ca, cert, key });
    expect(read({ 'ca.crt': 'ca' })).toHaveProperty('value');
  });

  it.each([
    ['nothing', {}],
    ['a key of another certificate', { 'tls.crt': 'client', 'tls.key': 'server-key' }],
    ['a certificate without its key', { 'tls.crt': 'client' }],
    ['a key in place of an authority', { 'ca.crt': 'client-key' }],
  ] as const)('are a problem where there is %s', (_case, entries) => {
    expect(read(entries)).toEqual({ problem: 'InvalidCertificates' });
  });
});
