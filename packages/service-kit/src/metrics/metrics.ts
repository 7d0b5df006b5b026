import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { Gathering } from '../time/gathering.ts';

type Labels<Label extends string> = Partial<Record<Label, string>>;

export interface CounterFigure<Label extends string = string> {
  /** By 1 by default. */
  inc(labels?: Labels<Label>, by?: number): void;
}

export interface HistogramFigure<Label extends string = string> {
  observe(labels: Labels<Label>, value: number): void;
}

/** A service's own registry: six services in one process never mix their figures. */
export interface Metrics {
  counter<Label extends string>(name: string, help: string, labels?: readonly Label[]): CounterFigure<Label>;
  gauge<Label extends string>(name: string, help: string, labels?: readonly Label[]): Gauge<Label>;
  /** A gauge whose value is looked up each time that the figures are read. */
  observed(name: string, help: string, read: () => number): void;
  histogram<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
    bucketsSeconds: readonly number[],
  ): HistogramFigure<Label>;
  /** All figures as they are now, in the text format of Prometheus. */
  read(): Promise<{ text: string; contentType: string }>;
}

/** How often the delay of the event loop is sampled. Prom-client's 10 ms would wake an idle process 100 times a second. */
const eventLoopSampleMs = 50;

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopSampleMs });
  const counted = new Gathering<() => void>((steps) => {
    for (const step of steps) step();
  });
  return {
    counter(name, help, labels = []) {
      const counter = new Counter({ name, help, labelNames: [...labels], registers: [registry] });
      return { inc: (of = {}, by = 1) => counted.add(() => counter.inc(of, by)) };
    },
    gauge: (name, help, labels = []) => new Gauge({ name, help, labelNames: [...labels], registers: [registry] }),
    observed(name, help, read) {
      new Gauge({
        ...{ name, help, registers: [registry] },
        collect() {
          this.set(read());
        },
      });
    },
    histogram(name, help, labels, bucketsSeconds) {
      const buckets = [...bucketsSeconds];
      const histogram = new Histogram({ name, help, labelNames: [...labels], buckets, registers: [registry] });
      return { observe: (of, value) => counted.add(() => histogram.observe(of, value)) };
    },
    async read() {
      counted.flush();
      return { text: await registry.metrics(), contentType: registry.contentType };
    },
  };
}
