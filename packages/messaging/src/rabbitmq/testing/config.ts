/** @throws {Error} If the tier has no RabbitMQ. */
export function readRabbitMqUrl(): string {
  const url = process.env.RABBITMQ_URL;
  if (url === undefined || url === '') throw new Error('RABBITMQ_URL is not set: these tests need a real RabbitMQ');
  return url;
}
