/** The part of oidc-provider that tests use. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  interface Account {
    accountId: string;
    claims(): Promise<Record<string, unknown>>;
  }

  export default class Provider {
    constructor(
      issuer: string,
      configuration: {
        clients: readonly object[];
        claims: Readonly<Record<string, readonly string[]>>;
        scopes: readonly string[];
        pkce: { required(): boolean };
        findAccount(context: unknown, id: string): Account;
      },
    );
    callback(): RequestListener;
  }
}
