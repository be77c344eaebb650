// Writes traces for tests: events by name, packed into the messages that the server sends. Deterministic.
import { readFileSync } from 'node:fs';

export const vocabulary = JSON.parse(readFileSync(new URL('./fixtures/vocabulary.json', import.meta.url)));
export { Recorder } from './recording.js';
