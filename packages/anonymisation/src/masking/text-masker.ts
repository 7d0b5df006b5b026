/** What masks the texts of one request, one after the other. */
export interface TextMasker {
  readonly maskText: (text: string) => string;
  readonly maskJson: (json: string) => string;
  /** Whether there is anything to be masked. */
  isPersonal(text: string): boolean;
}
