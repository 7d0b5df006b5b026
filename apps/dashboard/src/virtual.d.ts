declare module 'virtual:permissions' {
  import type { Action, PermissionRole, Reach } from '@aggregator/contracts';
  /** For each action, how far it reaches for each role. Made from the table of contracts when the pages are built. */
  export const reachTable: Readonly<Record<Action, Readonly<Record<PermissionRole, Reach>>>>;
}
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  /** Source: https://swagger.io/docs/open-source-tools/swagger-ui/usage/configuration/ (read 2026-11). */
  export default function SwaggerUI(options: Readonly<Record<string, unknown>>): unknown;
}
declare module '*.css';
declare module '*.svg' {
  const url: string;
  export default url;
}
