import { monitored } from './monitored.ts';

await monitored(null);
