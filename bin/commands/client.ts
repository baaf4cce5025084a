import type { Command } from 'commander';
import { connectGatewayOnDemand } from '../gateway-keys/connect-on-demand.ts';
import type { ConnectGateway } from '../gateway-keys/gateway.ts';
import { type Connect, connectOnDemand } from '../registry/command-options.ts';
import { register as registerAdd } from './client-add.ts';
import { register as registerChange } from './client-change.ts';
import { register as registerRead } from './client-read.ts';

/** `client add|list|show|set-tier|remove` */
export function register(
  program: Command,
  connect: Connect = connectOnDemand,
  connectGateway: ConnectGateway = connectGatewayOnDemand,
): void {
  const group = program
    .command('client')
    .description('Add, list and change the clients that a gate knows by their keys.')
    .helpCommand(false);
  registerAdd(group, connect, connectGateway);
  registerRead(group, connect);
  registerChange(group, connect, connectGateway);
}
