// infra/bundle.ts puts package.json's version in its place.
declare const MFA_ENFORCER_VERSION: string | undefined;

/** This release; "unbuilt" where the sources are run as they are. */
export const version = typeof MFA_ENFORCER_VERSION === 'string' ? MFA_ENFORCER_VERSION : 'unbuilt';
