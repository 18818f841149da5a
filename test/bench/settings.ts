import { settingsWith } from '../fakes/settings.ts';

/** The default deployment, without an effective block limit. */
export const settingsOfBench = settingsWith({ blockLimit: 9999 });
