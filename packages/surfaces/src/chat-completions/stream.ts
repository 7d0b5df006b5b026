import { type AppError, toOpenAiErrorBody } from '@aggregator/contracts';
import type { SurfaceStream } from '../chat-surface.ts';

export class PassingStream implements SurfaceStream {
  push(chunk: string): string {
    return `data: ${chunk}\n\n`;
  }

  end(last: Readonly<Record<string, unknown>> | null): string {
    return `${last === null ? '' : `data: ${JSON.stringify(last)}\n\n`}data: [DONE]\n\n`;
  }

  fail(error: AppError): string {
    return `data: ${JSON.stringify(toOpenAiErrorBody(error))}\n\n`;
  }
}
