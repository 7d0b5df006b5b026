export { type CountBudget, defaultBudget } from './count-text.ts';
export { type EstimateMethod, estimateAnswer, estimatePrompt, methodOf, type Prompt } from './estimate-tokens.ts';
