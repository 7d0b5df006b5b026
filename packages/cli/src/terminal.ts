/** Where a command reads its settings and writes its output. */
export interface Terminal {
  write(text: string): void;
  warn(text: string): void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Set by a command that fails without an error. */
  exitCode?: number;
}
