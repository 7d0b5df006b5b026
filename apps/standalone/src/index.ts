export { standaloneVariables } from './config.ts';
export { type Progress, silentProgress } from './progress.ts';
export { type Standalone, startStandalone } from './start-standalone.ts';
