import { settingsWith } from '../fakes/settings.ts';

/** The default deployment, with no limit in the way. */
export const settingsOfBench = settingsWith({ blockLimit: 9999 });
