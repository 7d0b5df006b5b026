declare module 'virtual:permissions' {
  import type { Action, PermissionRole, Reach } from '@aggregator/contracts';
  /** For each action, how far it reaches for each role. Made from the table of contracts when the pages are built. */
  export const reachTable: Readonly<Record<Action, Readonly<Record<PermissionRole, Reach>>>>;
}
declare module '*.css';
declare module '*.svg' {
  const url: string;
  export default url;
}
