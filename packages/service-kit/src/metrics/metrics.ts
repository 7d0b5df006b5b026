import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** A service's own registry: six services in one process never mix their figures. */
export interface Metrics {
  readonly registry: Registry;
  counter<Label extends string>(name: string, help: string, labels?: readonly Label[]): Counter<Label>;
  gauge<Label extends string>(name: string, help: string, labels?: readonly Label[]): Gauge<Label>;
  /** A gauge whose value is looked up each time that somebody asks for the figures. */
  observed(name: string, help: string, read: () => number): void;
  histogram<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
    bucketsSeconds: readonly number[],
  ): Histogram<Label>;
}

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: [...labels], registers: [registry] }),
    gauge: (name, help, labels = []) => new Gauge({ name, help, labelNames: [...labels], registers: [registry] }),
    observed(name, help, read) {
      new Gauge({
        ...{ name, help, registers: [registry] },
        collect() {
          this.set(read());
        },
      });
    },
    histogram: (name, help, labels, bucketsSeconds) =>
      new Histogram({ name, help, labelNames: [...labels], buckets: [...bucketsSeconds], registers: [registry] }),
  };
}
