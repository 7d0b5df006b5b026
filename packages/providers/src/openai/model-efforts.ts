/** Takes the name of a model, and answers the efforts that it takes, from the least; null for one that nobody here knows. */
export type EffortsOfModel = (model: string) => readonly string[] | null;

const openModelEfforts: readonly string[] = ['low', 'medium', 'high'];
const gptName = /^gpt-(\d{1,2})(?:\.(\d{1,2}))?(?!\d)/;
const withoutThinking = /^(?:gpt-3\.5|gpt-4|chatgpt-4|gpt-5-chat|o1-(?:mini|preview))/;

/**
 * By the name behind the last slash, so that it holds of a server that fronts OpenAI's models, too. The models of the Responses
 * API alone (`-pro`, `-codex`) are left to it.
 * Sources: https://developers.openai.com/api/docs/guides/reasoning and the pages of the models,
 * https://platform.openai.com/docs/api-reference/chat/create#chat-create-reasoning_effort (read 2026-11).
 */
export const openAiEffortsOf: EffortsOfModel = (model) => {
  const name = model.slice(model.lastIndexOf('/') + 1);
  if (withoutThinking.test(name)) return [];
  if (/^(?:gpt-oss|o\d)/.test(name)) return openModelEfforts;
  const [, major, minor] = gptName.exec(name) ?? [];
  if (major === undefined || /-(?:pro|codex)/.test(name)) return null;
  // A model made for chats thinks as much as it likes, which it calls medium.
  if (name.includes('-chat')) return ['medium'];
  const version = Number(major) * 100 + Number(minor ?? 0);
  if (version < 501) return ['minimal', 'low', 'medium', 'high'];
  return ['none', 'low', 'medium', 'high', ...(version >= 502 ? ['xhigh'] : []), ...(version >= 506 ? ['max'] : [])];
};
