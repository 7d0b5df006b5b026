/** What a Claude model takes that others do not. */
export interface ModelTraits {
  /** How thinking is asked for: not at all, by a budget of tokens, or by leaving it to the model with an effort. */
  readonly thinking: 'none' | 'budget' | 'adaptive';
  /** A budget is taken; models between the generations take it beside `adaptive`. */
  readonly takesBudget: boolean;
  /** What turns thinking off: nothing need be said, one of two words, or it cannot be. */
  readonly thinkingOff: 'unsaid' | 'disabled' | 'between_tools' | 'impossible';
  /** Levels of `output_config.effort`, from the lowest. */
  readonly efforts: readonly string[];
  /** `temperature`, `top_p` and `top_k`. */
  readonly takesSampling: boolean;
  /** A `tool_choice` that forces a call. */
  readonly takesForcedTools: boolean;
  /** Messages of the role `system` after one of the user. */
  readonly takesSystemTurns: boolean;
}

const allEfforts: readonly string[] = ['low', 'medium', 'high', 'xhigh', 'max'];
const earlyEfforts: readonly string[] = ['low', 'medium', 'high', 'max'];

/**
 * A name that is no Claude's we know: an alias of the operator, or a model to come. It gets the newest way of thinking,
 * and all other fields are sent for the provider to judge.
 */
const unknownModel: ModelTraits = {
  thinking: 'adaptive',
  takesBudget: false,
  thinkingOff: 'disabled',
  efforts: allEfforts,
  takesSampling: true,
  takesForcedTools: true,
  takesSystemTurns: false,
};

const newName = /claude-(opus|sonnet|haiku|fable|mythos)-(\d{1,2}|preview)(?:-(\d{1,2}))?(?!\d)/;
const oldName = /claude-(\d)(?:-(\d))?-(opus|sonnet|haiku)/;

/**
 * The traits of a model by its name. The provider lists some of them (`GET /v1/models`), but a translation is pure and
 * makes no call. Sources: https://platform.claude.com/docs/en/build-with-claude/thinking,
 * https://platform.claude.com/docs/en/models/opus-5-5/whats-new-opus-5-5 (and those of Sonnet 5.5, Haiku 5.5),
 * https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages,
 * https://platform.claude.com/docs/en/build-with-claude/effort (read 2026-11).
 */
export function traitsOf(model: string): ModelTraits {
  const claude = parseName(model);
  if (claude === null) return unknownModel;
  const { line, version } = claude;
  const isFable = line === 'fable' || line === 'mythos';
  const isAdaptive = isFable || version >= 406;
  return {
    thinking: isAdaptive ? 'adaptive' : version >= 307 ? 'budget' : 'none',
    takesBudget: !isFable && version >= 307 && version <= 406,
    thinkingOff: thinkingOffOf(line, version, isFable),
    efforts: effortsOf(line, version, isFable),
    takesSampling: !isFable && version <= 406,
    takesForcedTools: isFable ? version < 501 : line === 'haiku' || version < 505,
    takesSystemTurns: isFable ? version >= 501 : version >= (line === 'opus' ? 408 : 505),
  };
}

/** Opus 4.5 takes an effort beside a budget. */
function effortsOf(line: string, version: number, isFable: boolean): readonly string[] {
  if (isFable || version >= 407) return allEfforts;
  if (version >= 406) return earlyEfforts;
  return line === 'opus' && version === 405 ? ['low', 'medium', 'high'] : [];
}

function thinkingOffOf(line: string, version: number, isFable: boolean): ModelTraits['thinkingOff'] {
  if (isFable) return 'impossible';
  if (version < 500) return 'unsaid';
  if (version < 505 || line === 'haiku') return 'disabled';
  return line === 'sonnet' ? 'between_tools' : 'impossible';
}

/** Version 4.6 as 406. A preview counts as the first of its line. */
function parseName(model: string): { line: string; version: number } | null {
  const [, newLine, newMajor, newMinor] = newName.exec(model) ?? [];
  if (newLine !== undefined) {
    const major = newMajor === 'preview' ? 5 : Number(newMajor);
    return { line: newLine, version: major * 100 + Number(newMinor ?? 0) };
  }
  const [, oldMajor, oldMinor, oldLine] = oldName.exec(model) ?? [];
  return oldLine === undefined ? null : { line: oldLine, version: Number(oldMajor) * 100 + Number(oldMinor ?? 0) };
}
