import { type Verdict, verdicts } from './verdicts.ts';

/** How providers report that they lack the model: all but OpenRouter name it so. */
const modelText = /\bmodels?\b|\bno endpoints found\b/i;

/** The judgement of a 404: an unknown model where its text speaks of one, else an address that is wrong. */
export function judgeNotFound(message: string | null | undefined): Verdict {
  return modelText.test(message ?? '') ? verdicts.unknownModel : verdicts.ourSetUp;
}
