export { standaloneVariables } from './config.ts';
export { type Progress, silentProgress } from './progress.ts';
export { type Standalone, type StandaloneOverrides, startStandalone } from './start-standalone.ts';
