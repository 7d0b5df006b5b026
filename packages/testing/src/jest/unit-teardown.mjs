export default async function tearDown() {
  await globalThis[Symbol.for('aggregator.test-postgres')]?.stop();
}
