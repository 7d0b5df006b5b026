const MAJOR_MIN = 20;

/** Ends the process with a clear message on a Node.js that cannot even install. What is installed brings its own. */
export function requireNode() {
  if (Number.parseInt(process.versions.node, 10) >= MAJOR_MIN) return;
  process.stderr.write(
    `Node.js ${MAJOR_MIN} or newer is needed; this is ${process.versions.node}. See https://nodejs.org\n`,
  );
  process.exit(1);
}
