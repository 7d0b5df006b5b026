import { describe, expect, it } from '@jest/globals';
import { welcomeText } from './welcome-text.ts';

describe('the welcome text', () => {
  const facts = { baseUrl: 'http://127.0.0.1:3000', apiKey: 'k', adminEmail: 'a@b', secretsFile: 'f' };

  it('names the key of a vendor as the next step while only the mock provider is there', () => {
    expect(welcomeText({ ...facts, model: 'mock-small' })).toContain('Next: set OPENAI_API_KEY');
  });

  it('names no key if a real model is served already (C-m4)', () => {
    const text = welcomeText({ ...facts, model: 'gpt-4o-mini' });
    expect(text).not.toContain('set OPENAI_API_KEY');
    expect(text).toContain('Ctrl-C stops everything; nothing is lost.');
  });
});
