import { describe, expect, it } from '@jest/globals';
import { createEgressAllowlist } from './egress-allowlist.ts';
import { judgeBaseUrl } from './judge-base-url.ts';

describe("a provider's address", () => {
  it.each([
    'https://api.openai.com',
    'https://api.openai.com/v1',
    'https://API.openai.com/v1/',
    'https://generativelanguage.googleapis.com/v1beta',
    'https://models.example.co.uk:8443/openai/v2',
    'https://8.8.8.8/v1',
    'https://[2606:4700:4700::1111]/v1',
  ])('may be %s', (text) => {
    expect(judgeBaseUrl(text)).toMatchObject({ isAllowed: true });
  });

  it.each([
    // This machine.
    ['https://127.0.0.1/v1'],
    ['https://127.0.0.2'],
    ['https://localhost/v1'],
    ['https://LOCALHOST'],
    ['https://api.localhost'],
    ['https://0.0.0.0'],
    ['https://[::]'],
    ['https://[::1]'],
    ['https://[0:0:0:0:0:0:0:1]'],
    ['https://[::ffff:127.0.0.1]'],
    ['https://[::ffff:7f00:1]'],
    ['https://[::127.0.0.1]'],
    // Metadata services.
    ['https://169.254.169.254/latest/meta-data'],
    ['https://[::ffff:a9fe:a9fe]'],
    ['https://[fd00:ec2::254]'],
    ['https://metadata.google.internal/computeMetadata/v1'],
    ['https://instance-data'],
    // Private, shared, link-local, translated, documentation and multicast networks.
    ['https://10.0.0.1'],
    ['https://10.255.255.255'],
    ['https://100.64.0.1'],
    ['https://100.127.255.255'],
    ['https://172.16.0.1'],
    ['https://172.31.255.255'],
    ['https://192.168.1.1'],
    ['https://198.18.0.1'],
    ['https://192.0.2.1'],
    ['https://[fc00::1]'],
    ['https://[fe80::1]'],
    ['https://[fe80::1%25eth0]'],
    ['https://[fec0::1]'],
    ['https://[64:ff9b::7f00:1]'],
    ['https://[64:ff9b::10.0.0.1]'],
    ['https://[2002:7f00:1::]'],
    ['https://[2001:0:7f00:1::]'],
    ['https://[2001:db8::1]'],
    ['https://224.0.0.1'],
    ['https://239.255.255.255'],
    ['https://[ff02::1]'],
    ['https://255.255.255.255'],
    // Other spellings of addresses, also of public ones.
    ['https://2130706433'],
    ['https://0x7f000001'],
    ['https://0x7f.0.0.1'],
    ['https://0177.0.0.1'],
    ['https://017700000001'],
    ['https://127.1'],
    ['https://127.0.1'],
    ['https://127.0.0.1.'],
    ['https://134744072'],
    ['https://①②⑦.⓪.⓪.①'],
    ['https://１２７.0.0.1'],
    // Names of inner networks.
    ['https://redis'],
    ['https://vllm.ai.svc'],
    ['https://vllm.ai.svc.cluster.local:8000'],
    ['https://printer.local'],
    ['https://nas.home.arpa'],
    ['https://wiki.corp'],
    ['https://127.0.0.1.nip.io'],
    ['https://10-0-0-1.example.com'],
    // Tricks with the text.
    ['https://api.openai.com./v1'],
    ['https://user@api.openai.com'],
    ['https://user:secret@api.openai.com'],
    ['https://api.openai.com@127.0.0.1'],
    ['https://api.openai.com%00.evil.com'],
    ['https://api.openai.com/%00'],
    ['https://api.openai.com/%2e%2e/admin'],
    ['https://api.openai.com/v1/../admin'],
    ['https://api.openai.com\\@evil.com'],
    ['https://api.openai.com/v1?key=secret'],
    ['https://api.openai.com/v1#x'],
    ['https://apі.openai.com'],
    ['https://xn--ap-2xa.openai.com'],
    ['https://api。openai.com'],
    [' https://api.openai.com'],
    ['https://api.openai.com\r\nhost: evil'],
    ['https:/api.openai.com'],
    ['https:api.openai.com'],
    ['//api.openai.com'],
    ['https://'],
    ['https://-bad.example.com'],
    ['https://1.2.3.example.4'],
    // Other protocols and other services' ports.
    ['http://api.openai.com/v1'],
    ['ftp://api.openai.com'],
    ['file:///etc/passwd'],
    ['gopher://api.openai.com'],
    ['javascript:alert(1)'],
    ['https://api.openai.com:22'],
    ['https://api.openai.com:25'],
    ['https://api.openai.com:6379'],
    ['https://api.openai.com:9092'],
    ['https://api.openai.com:10250'],
    ['https://api.openai.com:0'],
    ['https://api.openai.com:99999'],
    [`https://api.openai.com/${'a'.repeat(2000)}`],
    [''],
  ])('may not be %j', (text) => {
    expect(judgeBaseUrl(text)).toMatchObject({ isAllowed: false });
  });

  it.each([
    ['http://llm.internal:8000/v1', 'llm.internal'],
    ['http://vllm.ai.svc.cluster.local:8000', 'vllm.ai.svc.cluster.local:8000'],
    ['http://10.1.2.3:6379', '10.1.0.0/16'],
    ['http://[fd00:1::7]:8000', 'fd00:1::/48'],
    ['http://127.0.0.1:11434', '127.0.0.1'],
    ['http://[::1]:8000', '[::1]:8000'],
    ['http://localhost:8000/v1', 'LOCALHOST'],
  ])('may be %s where the installation allows %s', (text, entry) => {
    expect(judgeBaseUrl(text)).toMatchObject({ isAllowed: false });
    expect(judgeBaseUrl(text, createEgressAllowlist([entry]))).toMatchObject({ isAllowed: true });
  });

  it.each([
    ['http://vllm.ai.svc.cluster.local:9000', 'vllm.ai.svc.cluster.local:8000'],
    ['http://10.2.0.1', '10.1.0.0/16'],
    ['http://evil-llm.internal', 'llm.internal'],
    ['http://user@llm.internal', 'llm.internal'],
    ['http://0x0a010203', '10.1.0.0/16'],
  ])('may not be %s where only %s is allowed', (text, entry) => {
    expect(judgeBaseUrl(text, createEgressAllowlist([entry]))).toMatchObject({ isAllowed: false });
  });

  it.each(['http://llm.internal', 'llm.internal/v1', '10.0.0.0/33', '10.0.0.0/8/8', 'a b', '[::zz]', 'host:0', ''])(
    'cannot be allowed by %j, which is neither a host nor a network',
    (entry) => {
      expect(() => createEgressAllowlist([entry])).toThrow(RangeError);
    },
  );
});
