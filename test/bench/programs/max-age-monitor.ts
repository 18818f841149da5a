import { monitored } from './monitored.ts';

const HOUR_MS = 60 * 60_000;

await monitored(4 * HOUR_MS);
