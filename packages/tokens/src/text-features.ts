export interface TextFeatures {
  /** Shares of the tokens by script; their sum is 1. */
  readonly shares: { readonly latin: number; readonly cyrillic: number; readonly cjk: number };
  /** How many more tokens the digits are if each is one than in groups of three. */
  readonly digitsBeyondGroups: number;
}

/** UTF-16 units in a token of o200k, by script. */
const unitsPerToken = { latin: 4, cyrillic: 3.8, cjk: 1.3 };

export function readFeatures(text: string): TextFeatures {
  let [cyrillic, cjk, digits, groups, run] = [0, 0, 0, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isDigit = code >= 0x30 && code <= 0x39;
    if (isDigit) {
      digits += 1;
      if (run % 3 === 0) groups += 1;
    }
    run = isDigit ? run + 1 : 0;
    if (code >= 0x400 && code <= 0x52f) cyrillic += 1;
    else if (isCjk(code)) cjk += 1;
  }
  const weights = {
    latin: (text.length - cyrillic - cjk) / unitsPerToken.latin,
    cyrillic: cyrillic / unitsPerToken.cyrillic,
    cjk: cjk / unitsPerToken.cjk,
  };
  const sum = Math.max(weights.latin + weights.cyrillic + weights.cjk, Number.EPSILON);
  return {
    shares: { latin: weights.latin / sum, cyrillic: weights.cyrillic / sum, cjk: weights.cjk / sum },
    digitsBeyondGroups: digits - groups,
  };
}

function isCjk(code: number): boolean {
  return (code >= 0x3000 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7af) || (code >= 0xff00 && code <= 0xffef);
}
