import type { OnCall } from './connect.ts';

export type ConnectOnCall = (stack: string | undefined) => Promise<OnCall>;

/** Loads the AWS SDK only when a command needs it. */
export const connectOnCallOnDemand: ConnectOnCall = async (stack) =>
  (await import('./connect.ts')).connectOnCall(stack);
