import type { ServiceName } from '@aggregator/contracts';
import { environmentPrefix } from '@aggregator/service-kit';
import { type Relay, startRelay } from '../e2e/relay-to-server.ts';
import { type Link, links } from './plan.ts';
import type { Servers } from './servers.ts';

/** A relay in each way of `links`. */
export interface Relays {
  set(link: Link, state: Parameters<Relay['set']>[0]): void;
  /** Opens all. */
  heal(): void;
  /** The variables that lead the connections of a service through its relays and name its crash points. */
  environmentOf(service: ServiceName, environment: NodeJS.ProcessEnv): Record<string, string>;
  close(): Promise<void>;
}

/** @param providerPort where the mock provider listens */
export async function startRelays(servers: Servers, providerPort: number): Promise<Relays> {
  const { addresses } = servers;
  const nowhere = { host: '127.0.0.1', port: 1 };
  const provider = { host: '127.0.0.1', port: providerPort };
  const targets = { ...addresses, provider, proxy: nowhere };
  const opened = await Promise.all(
    links.map(async (link) => ({ link, relay: await startRelay(targets[link.to]), port: targets[link.to].port })),
  );
  return {
    set(link, state) {
      const found = opened.find((each) => each.link.service === link.service && each.link.to === link.to);
      found?.relay.set(state);
    },
    heal() {
      for (const { relay } of opened) relay.set('open');
    },
    environmentOf(service, environment) {
      const proxyPort = Number(environment[`${environmentPrefix('proxy')}_PORT`]);
      const own = opened.filter(({ link }) => link.service === service);
      const portOf = (each: (typeof own)[number]) => (each.link.to === 'proxy' ? proxyPort : each.port);
      for (const { link, relay } of own) if (link.to === 'proxy') relay.leadTo({ ...nowhere, port: proxyPort });
      return {
        DIVERT_PORTS: own.map((each) => `${portOf(each)}:${each.relay.port}`).join(','),
        CRASH_PORTS: own.map((each) => `${portOf(each)}:${each.link.to}`).join(','),
      };
    },
    async close() {
      await Promise.all(opened.map(({ relay }) => relay.close()));
    },
  };
}
