import type { SurfaceRequest } from '../chat-surface.ts';
import { ToolNames } from './tool-names.ts';

/** What a response needs of its request. */
export class ResponsesOriginal {
  /** Fields of the request that a response repeats. */
  readonly echo: Readonly<Record<string, unknown>>;
  readonly names: ToolNames;

  constructor(echo: Readonly<Record<string, unknown>>, names: ToolNames) {
    this.echo = echo;
    this.names = names;
  }
}

export function originalOf({ original }: Pick<SurfaceRequest, 'original'>): ResponsesOriginal {
  return original instanceof ResponsesOriginal ? original : new ResponsesOriginal({}, new ToolNames());
}
