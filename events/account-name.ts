/** Where in the memory table the organization's name for an account is: a sweep writes it, alerts read it. */
export const accountNameId = (account: string) => `account/${account}`;
