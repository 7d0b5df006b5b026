/** Header names are lower-case. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;
