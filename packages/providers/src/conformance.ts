export { describeProvider } from './conformance/describe-provider.ts';
export { type ProviderFixtures, parseFixtures } from './conformance/fixtures.ts';
