import { type Secret, type TlsFiles, unpackTls } from '@aggregator/service-kit';
import type { Dispatcher } from 'undici';

/** Connections with the certificates of resources, as long as a provider names them. */
export class StoredTlsAgents {
  readonly #open: (files: TlsFiles) => Dispatcher;
  readonly #agents = new Map<string, Dispatcher>();

  constructor(open: (files: TlsFiles) => Dispatcher) {
    this.#open = open;
  }

  /** Returns the connections by the references of their secrets, without those whose secret holds no certificates. */
  readonly openTls = (secrets: ReadonlyMap<string, Secret>): ReadonlyMap<string, Dispatcher> => {
    for (const [reference, agent] of this.#agents) {
      if (secrets.has(reference)) continue;
      this.#agents.delete(reference);
      void agent.close().catch(() => undefined);
    }
    for (const [reference, secret] of secrets) {
      const files = this.#agents.has(reference) ? null : unpackTls(secret.reveal());
      if (files !== null) this.#agents.set(reference, this.#open(files));
    }
    return this.#agents;
  };

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
    this.#agents.clear();
  }
}
