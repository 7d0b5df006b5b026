export { replaceFileDurably } from './durable-file.ts';
export { openSpool } from './open-spool.ts';
export {
  type AbandonedIntent,
  type Spool,
  type SpoolDamage,
  type SpoolIntent,
  type SpoolOptions,
  type SpoolProgress,
  type SpoolSettlement,
  spoolIntent,
} from './port.ts';
