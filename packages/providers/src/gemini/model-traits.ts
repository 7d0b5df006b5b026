export type ThinkingLevel = 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH';

/** The form in which a model is asked how much to think. */
export type ThinkingControl =
  | { readonly kind: 'none' }
  /** Tokens; `-1` leaves it to the model. */
  | { readonly kind: 'budget'; readonly min: number; readonly max: number; readonly canBeOff: boolean }
  /** From the lowest. It cannot be turned off. */
  | { readonly kind: 'level'; readonly levels: readonly ThinkingLevel[] };

/** What a Gemini model takes that others do not. */
export interface ModelTraits {
  readonly thinking: ThinkingControl;
  /** `temperature`, `topP` and `topK` have an effect. */
  readonly takesSampling: boolean;
  /** More than one candidate. */
  readonly takesCandidates: boolean;
  /** Calls of functions in the history must carry the signature of the thought that made them. */
  readonly needsSignatures: boolean;
  /** Files may be given by the address that they are at. */
  readonly takesAddresses: boolean;
  /** Results of functions may hold images and documents. */
  readonly takesMediaResults: boolean;
}

const threeLevels: readonly ThinkingLevel[] = ['LOW', 'MEDIUM', 'HIGH'];
const fourLevels: readonly ThinkingLevel[] = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'];

/**
 * A name that is no Gemini's we know: an alias of the operator, or a model to come. It gets the newest way of thinking,
 * and all other fields are sent for the provider to judge.
 */
const unknownModel: ModelTraits = {
  thinking: { kind: 'level', levels: threeLevels },
  takesSampling: true,
  takesCandidates: true,
  needsSignatures: true,
  takesAddresses: true,
  takesMediaResults: true,
};

const versionedName = /gemini-(\d{1,2})(?:\.(\d{1,2}))?(?!\d)/;

/**
 * The traits of a model by its name, because a translation is pure and makes no call.
 * Sources: https://ai.google.dev/gemini-api/docs/generate-content/thinking,
 * https://ai.google.dev/gemini-api/docs/generate-content/latest-model,
 * https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/thinking (levels by model),
 * https://ai.google.dev/gemini-api/docs/file-input-methods (read 2026-11).
 */
export function traitsOf(model: string): ModelTraits {
  const [, major, minor] = versionedName.exec(model) ?? [];
  if (major === undefined) return unknownModel;
  const version = Number(major) * 100 + Number(minor ?? 0);
  return {
    thinking: thinkingOf(model, version),
    takesSampling: version < 400,
    takesCandidates: version < 300,
    needsSignatures: version >= 300,
    takesAddresses: version >= 205,
    takesMediaResults: version >= 300,
  };
}

/** Version 3.1 is 301 here. */
function thinkingOf(model: string, version: number): ThinkingControl {
  const isFlash = model.includes('flash');
  const isImage = model.includes('-image');
  if (version < 205 || (isImage && version < 300)) return { kind: 'none' };
  if (version < 300) {
    if (model.includes('flash-lite')) return { kind: 'budget', min: 512, max: 24_576, canBeOff: true };
    if (isFlash) return { kind: 'budget', min: 1, max: 24_576, canBeOff: true };
    return { kind: 'budget', min: 128, max: 32_768, canBeOff: false };
  }
  // The larger image models think as they like; the smaller ones take the ends of the scale.
  if (isImage) return isFlash ? { kind: 'level', levels: ['MINIMAL', 'HIGH'] } : { kind: 'none' };
  if (version === 300 && !isFlash) return { kind: 'level', levels: ['LOW', 'HIGH'] };
  return { kind: 'level', levels: isFlash && version < 307 ? fourLevels : threeLevels };
}
