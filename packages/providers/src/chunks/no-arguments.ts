/** What a call without arguments has as its arguments, because clients parse them. */
export const noArguments = '{}';
