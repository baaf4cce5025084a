import type { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import type { TableChoice } from '../registry/find-table.ts';

/** API Gateway, as the commands use it: its own keys, and the usage plans of one gate. */
export interface Gateway {
  readonly client: APIGatewayClient;
  /** The gate's name: its plans are called `<gate>-<tier>`. */
  readonly gate: string;
}

/** `--gate`, beside what names the registry. */
export interface GatewayChoice extends TableChoice {
  readonly gate?: string;
}

export type ConnectGateway = (choice: GatewayChoice) => Promise<Gateway>;
