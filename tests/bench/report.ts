import { arch, availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { median } from './measure.ts';

/** Median figures of one side; NaN for what was not measured. */
export interface Figures {
  readonly name: string;
  /** By the name of the column. */
  readonly cells: Readonly<Record<string, readonly number[]>>;
}

export interface Column {
  readonly name: string;
  readonly unit: string;
}

/** Returns a table in Markdown: the medians of each side, and the ratio of the last side to the first. */
export function toTable(columns: readonly Column[], sides: readonly Figures[]): string {
  const [yardstick, ours] = [sides[0], sides.at(-1)];
  const of = (side: Figures | undefined, { name }: Column) => {
    const values = side?.cells[name];
    return values === undefined ? Number.NaN : median(values);
  };
  const toRow = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const show = (value: number, digits: number) => (Number.isNaN(value) ? '' : value.toFixed(digits));
  return [
    toRow(['', ...columns.map(({ name, unit }) => `${name}, ${unit}`)]),
    toRow(['---', ...columns.map(() => '--:')]),
    ...sides.map((side) =>
      toRow([side.name, ...columns.map((column) => show(of(side, column), column.unit === 'ms' ? 2 : 1))]),
    ),
    toRow([
      `**${ours?.name} ÷ ${yardstick?.name}**`,
      ...columns.map((column) => {
        const ratio = of(ours, column) / of(yardstick, column);
        return ratio > 0 ? `**${ratio.toFixed(2)} ×**` : '';
      }),
    ]),
  ].join('\n');
}

/** Where the part of the page begins that other commands measure. */
const keptHeading = '\n## Billing\n';

/** Returns the part of the present page that a new one keeps; empty if there is none. */
export function keptPart(page: string): string {
  const start = page.indexOf(keptHeading);
  return start === -1 ? '' : page.slice(start);
}

/** The page that the command writes. @param kept its last part, as `keptPart` has it. */
export function toPage(
  table: string,
  { description, method, faults }: { description: string; method: string; faults: readonly string[] },
  kept: string,
): string {
  const [cpu] = cpus();
  const gib = Math.round(totalmem() / 1024 ** 3);
  const load = loadavg().map((value) => value.toFixed(1));
  const left = faults.length === 0 ? '' : `- Left out, because requests failed: ${faults.join('; ')}.\n`;
  return `# Performance

\`npm run bench\` writes this page down to the part about billing. Do not edit that.

What is measured: ${description}.

${table}

- **The minimal gateway** is the least that a gateway written in Node can do: \`node:http\` in, undici's \`dispatch\` out, one key checked, the JSON of request and answer parsed (\`tests/bench/minimal.ts\`). It has no limits, no ledger, no failover and no second provider.
- **The parts alone** are two relays, one hold and one settlement at Redis, the spool and its shipment to Kafka, with none of our code (\`tests/bench/floor.ts\`).
- **CPU** is user and system time of all threads of the measured processes, divided by requests. A chunk is what a stream costs beyond a plain request, divided by its chunks.
- **Memory** is the growth of resident memory for each stream that waits behind its first bytes, measured once in a new process. A collection of garbage in between makes it smaller, also negative: then it has no ratio.
- ${method}
${left}- The machine: ${cpu?.model ?? 'unknown'}, ${availableParallelism()} cores, ${gib} GiB, Linux ${release()} ${arch()}, Node ${process.versions.node}. Load average at the end: ${load.join(', ')}. Other work on the machine raises every figure, and ratios less than figures.

What is done about the cost of a request, and what was tried in vain: [decision 3](decisions/0003-cpu-of-the-hot-path.md).
${kept}`;
}
