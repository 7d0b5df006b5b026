import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const common = { name: z.string(), atMs: z.number().int(), owner: z.string() };
/** One line of a journal of claims. `atMs` is Unix time. */
const journalEntry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('claim'),
    ...common,
    tenant: z.string(),
    fingerprint: z.string(),
    leaseMs: z.number().int().min(1),
  }),
  z.object({ kind: z.literal('finish'), ...common, value: z.base64().nullable() }),
  z.object({ kind: z.literal('release'), ...common }),
]);
export type JournalEntry = z.infer<typeof journalEntry>;

const fileMode = 0o600;

/**
 * A file with what happened to claims, in order. Each line is with the operating system before `append` returns, so a
 * process that is killed loses none. Lines that no claim needs any more are left out when the file is written again.
 */
export class ClaimJournal {
  readonly #path: string;
  readonly #keptMs: number;
  readonly #rewriteBytesMin: number;
  #bytes = 0;
  #rewriteAt: number;

  constructor(path: string, keptMs: number, rewriteBytesMin: number) {
    this.#path = path;
    this.#keptMs = keptMs;
    this.#rewriteBytesMin = rewriteBytesMin;
    this.#rewriteAt = rewriteBytesMin;
    mkdirSync(dirname(path), { recursive: true });
  }

  /** Returns what is still needed. A last line that is not whole was never answered for, and is left out. */
  read(nowMs: number): readonly JournalEntry[] {
    return this.#rewrite(nowMs);
  }

  append(entry: JournalEntry): void {
    const line = `${JSON.stringify(entry)}\n`;
    appendFileSync(this.#path, line, { mode: fileMode });
    this.#bytes += line.length;
    if (this.#bytes > this.#rewriteAt) this.#rewrite(entry.atMs);
  }

  #rewrite(nowMs: number): readonly JournalEntry[] {
    const kept = this.#select(nowMs);
    const half = `${this.#path}.new`;
    writeFileSync(half, kept.map((entry) => `${JSON.stringify(entry)}\n`).join(''), { mode: fileMode });
    renameSync(half, this.#path);
    this.#bytes = statSync(this.#path).size;
    this.#rewriteAt = Math.max(this.#rewriteBytesMin, 2 * this.#bytes);
    return kept;
  }

  #select(nowMs: number): readonly JournalEntry[] {
    const byName = new Map<string, JournalEntry[]>();
    for (const line of readLines(this.#path)) {
      const entry = parseEntry(line);
      if (entry === null) continue;
      if (entry.kind === 'claim') byName.set(entry.name, [entry]);
      else if (entry.kind === 'release') byName.delete(entry.name);
      else byName.get(entry.name)?.push(entry);
    }
    return [...byName.values()].filter((entries) => (entries.at(-1)?.atMs ?? 0) + this.#keptMs > nowMs).flat();
  }
}

function readLines(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
}

function parseEntry(line: string): JournalEntry | null {
  try {
    return journalEntry.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
