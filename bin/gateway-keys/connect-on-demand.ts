import type { ConnectGateway } from './gateway.ts';

/** Loads the AWS SDK only when a command needs it. */
export const connectGatewayOnDemand: ConnectGateway = async (choice) =>
  (await import('./connect-gateway.ts')).connectGateway(choice);
