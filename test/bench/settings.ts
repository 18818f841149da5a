import { settingsWith } from '../fakes/settings.ts';

/** The default deployment, with no limit in the way. */
export const settingsOfBench = settingsWith({ holdLimit: 9999 });
