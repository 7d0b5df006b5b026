export { type MockProviderConfig, mockProviderVariables, readMockProviderConfig } from './config.ts';
export { startMockProvider } from './start-mock-provider.ts';
