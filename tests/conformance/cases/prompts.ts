/** One pixel, as PNG. */
export const pixelBase64 =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=';
export const pixelUrl = `data:image/png;base64,${pixelBase64}`;

/** The fakes call the first tool at `#tool`, each at `#tools`. */
export const callsOneTool = 'Weather in Brno? #tool';
export const callsAllTools = 'Weather and time in Brno? #tools';

/** Input of a tool that describes a city. */
export const cityParameters = {
  type: 'object',
  properties: { city: { type: 'string', description: 'Its name' } },
  required: ['city'],
  additionalProperties: false,
};

/** What an answer about a city looks like. */
export const citySchema = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days'],
  additionalProperties: false,
};
