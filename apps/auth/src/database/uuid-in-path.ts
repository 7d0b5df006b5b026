import { z } from 'zod';

/** An id in a path, in lower case as the database returns it: messages and guards compare it as text. */
export const uuidInPath = z.uuid().transform((id) => id.toLowerCase());
