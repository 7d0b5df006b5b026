import { z } from 'zod';

/** Origin of a page as a browser writes it: scheme, host, and a port that is not the scheme's own. */
export const browserOrigin = z
  .string()
  .max(300)
  .refine(
    (text) =>
      /^https?:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d+)?$/.test(text) &&
      URL.canParse(text) &&
      new URL(text).origin === text,
    {
      error: 'an origin such as https://app.example.com',
    },
  );
