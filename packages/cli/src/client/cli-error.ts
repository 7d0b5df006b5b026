/** A failure that the user can do something about: the message is all that is written. */
export class CliError extends Error {}
