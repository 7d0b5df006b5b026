import { readdirSync, readFileSync } from 'node:fs';
import { describeProvider, parseFixtures } from '../../conformance.ts';
import { openAiAdapter, openAiResponsesChat } from '../index.ts';

const directory = new URL('./__fixtures__/', import.meta.url);
const texts = readdirSync(directory).map((name) => [name, readFileSync(new URL(name, directory), 'utf8')]);

describeProvider({ ...openAiAdapter, chat: openAiResponsesChat }, parseFixtures(Object.fromEntries(texts)));
