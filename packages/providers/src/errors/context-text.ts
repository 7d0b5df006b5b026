/**
 * How servers say that a prompt is too long. One list for all adapters, because one server may forward to another and pass such a
 * text on. Each line has the servers that say it; read 2026-11.
 */
const contextTexts: readonly RegExp[] = [
  // OpenAI, vLLM, DeepSeek, Mistral, SGLang, MiniMax, Anthropic.
  /context (?:length|window|limit)/i,
  // llama.cpp; LM Studio says "when context the overflows".
  /context size|context .{0,12}overflow/i,
  // Anthropic, Fireworks; Z.ai: "Prompt exceeds max length".
  /(?:prompt|input) (?:is )?too long|prompt exceeds max length/i,
  // vLLM: "The decoder prompt (length 9000) is longer than the maximum model length of 8192."
  /longer than the maximum model length/i,
  // xAI.
  /maximum prompt length/i,
  // Moonshot: "Your request exceeded model token limit: 262144".
  /exceeded model token limit/i,
  // Qwen.
  /range of input length should be/i,
  // TGI, Together: "`inputs` tokens + `max_new_tokens` must be <= 8193".
  /`inputs` (?:tokens|must have less than)/i,
  // Poolside; GitHub: "prompt token count of 140000 exceeds the limit of 128000".
  /exceeds the maximum allowed input length|prompt token count .{0,40}exceeds/i,
  // Gemini, Cohere.
  /input token count .*exceeds|exceeds the maximum number of (?:input )?tokens|too many tokens/i,
  // Anthropic; OpenAI's Responses API: "Input tokens exceed the configured limit of 272000 tokens."
  /input length and `?max_tokens`? exceed|input tokens exceed/i,
  // Groq, Cerebras.
  /reduce the length of the (?:messages|prompt)/i,
];

/** True if the text of a rejection says that the prompt is too long. */
export function isContextText(text: string): boolean {
  return contextTexts.some((pattern) => pattern.test(text));
}
