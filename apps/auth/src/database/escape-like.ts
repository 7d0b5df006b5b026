/** Returns a text that a search with LIKE takes literally: the database takes `%` and `_` for any text. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
