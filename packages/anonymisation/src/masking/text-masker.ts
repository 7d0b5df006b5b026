/** Masks the texts of one request, one after the other. */
export interface TextMasker {
  readonly maskText: (text: string) => string;
  readonly maskJson: (json: string) => string;
  /** True if there is anything to mask. */
  isPersonal(text: string): boolean;
}
