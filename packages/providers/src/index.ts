export { DroppedParams } from './fields/dropped-params.ts';
export { ownFields } from './fields/own-fields.ts';
export { JsonBody } from './json-request.ts';
export { findRetirement } from './lifecycle/index.ts';
export type { Retirement } from './lifecycle/retirement.ts';
export { mockType } from './mock/index.ts';
export { findMockModel, type MockModel, mockModels } from './mock/models.ts';
export { editJson, type JsonEdits, readJsonField } from './native/edit-json.ts';
export { type JsonPlace, mapJson } from './native/map-json.ts';
export { toPictureTokens } from './openai/responses/picture-tokens.ts';
export { compatibleType } from './openai-compatible/index.ts';
export { type ProbeSend, type Proposal, proposeProfile } from './openai-compatible/probe/propose-profile.ts';
export type {
  ChatStreamOptions,
  ChatStreamTranslator,
  ChatTranslation,
  EmbeddingsTranslation,
  FieldFate,
  HostedTools,
  ImagesTranslation,
  NativeLane,
  NativeRequest,
  NativeSurface,
  ProviderAdapter,
  ProviderEndpoint,
  ProviderError,
  ProviderTarget,
  ProviderWaits,
  TokenCountLookup,
  TranslatedAnswer,
  TranslatedRequest,
  UsageRecordAnswer,
  UsageRecordLookup,
} from './provider-adapter.ts';
export {
  type DisconnectPolicy,
  disconnectOption,
  disconnectPolicies,
  disconnectPolicyOf,
} from './provider-adapter.ts';
export { ProviderFailure } from './provider-failure.ts';
export { adapterFor, providerAdapters } from './registry.ts';
export { SseParser, type SseParserOptions } from './sse/sse-parser.ts';
export { type OpenAiTotals, toOpenAiTotals, toOpenAiUsage } from './to-openai-usage.ts';
export type {
  FixedModels,
  KnownModel,
  ListedModels,
  OptionRule,
  UnlistedModel,
  VendorEnvironment,
  VendorFacts,
} from './vendor-facts.ts';
export { type ForVendor, nameForVendor } from './vendor-names/name-for-vendor.ts';
