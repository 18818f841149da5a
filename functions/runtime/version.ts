// infra/bundle.ts replaces it with the version of package.json.
declare const MFA_ENFORCER_VERSION: string | undefined;

/** This release; "unbuilt" without bundling. */
export const version = typeof MFA_ENFORCER_VERSION === 'string' ? MFA_ENFORCER_VERSION : 'unbuilt';
