import type { CompatibilityProfile } from '@aggregator/contracts';
import { azure } from './azure.ts';
import { cerebras } from './cerebras.ts';
import { databricks } from './databricks.ts';
import { deepseek } from './deepseek.ts';
import { fireworks } from './fireworks.ts';
import { groq } from './groq.ts';
import { litellm } from './litellm.ts';
import { llamaCpp } from './llama-cpp.ts';
import { llamaCppPython } from './llama-cpp-python.ts';
import { lmStudio } from './lm-studio.ts';
import { minimax } from './minimax.ts';
import { mistral } from './mistral.ts';
import { moonshot } from './moonshot.ts';
import { ollama } from './ollama.ts';
import { perplexity } from './perplexity.ts';
import type { BuiltInProfile } from './profile.ts';
import { qwen } from './qwen.ts';
import { sglang } from './sglang.ts';
import { tgi } from './tgi.ts';
import { together } from './together.ts';
import { vllm } from './vllm.ts';
import { xai } from './xai.ts';
import { zai } from './zai.ts';

type ProfileName = NonNullable<CompatibilityProfile['name']>;

/** Every server that is known by name. */
export const builtInProfiles: Readonly<Record<Exclude<ProfileName, 'default'>, BuiltInProfile>> = {
  azure,
  cerebras,
  databricks,
  deepseek,
  fireworks,
  groq,
  litellm,
  'llama-cpp': llamaCpp,
  'llama-cpp-python': llamaCppPython,
  'lm-studio': lmStudio,
  minimax,
  mistral,
  moonshot,
  ollama,
  perplexity,
  qwen,
  sglang,
  tgi,
  together,
  vllm,
  xai,
  zai,
};
