// The authorizer function: wires the parts together. One container makes everything once, at INIT.
import path from 'node:path';
import { Logger } from '@aws-lambda-powertools/logger';
import { keysOf } from '../identity/api-key.ts';
import { ClientCache } from '../identity/client-cache.ts';
import { loadPolicy } from '../policy/load-policy.ts';
import { createAuthorizer } from './authorizer.ts';
import { containerParts } from './container-parts.ts';
import { createGate } from './gate.ts';
import { readEnvironment } from './read-environment.ts';
import { seldom } from './seldom.ts';

const environment = readEnvironment(process.env);
const policy = loadPolicy(path.join(import.meta.dirname, 'policy.json'));
const logger = new Logger({ serviceName: 'headgate' });

const { registry, blocks, limiter, budgetNow, clock, metrics, warn, onFault, log } = containerParts(
  environment,
  policy,
  (level, message, more) => logger[level](message, { ...more }),
);
const clients = new ClientCache({ registry, clock, onError: warn('A key could not be looked up') });
const tokens = policy.identify.some(({ kind }) => kind === 'jwt') ? await tokenVerifier() : undefined;
const gate = createGate({
  policy,
  limiter,
  clients,
  ...(tokens && { tokens }),
  blocks,
  budgetNow,
  clock,
  onFault,
});

export const handler = createAuthorizer({
  gate,
  softDenyApis: environment.softDenyApis,
  keyToPass: (request) =>
    environment.passKeys || environment.passKeyApis.has(request.api) ? keysOf(policy.identify, request)[0] : undefined,
  headers: policy.headers,
  metrics,
  log,
  clock,
});

// Opens the connection as well, so that no request has to. They end within their own deadlines and never fail.
await Promise.all([blocks.load(), tokens?.load()]);

/** In a file of its own, which other policies never load. */
async function tokenVerifier() {
  const { JwtVerifier } = await import('../identity/jwt/token-verifier.ts');
  return new JwtVerifier({
    sources: policy.identify,
    clock,
    onError: warn("The keys of a token's issuer could not be fetched"),
    onRefused: seldom((reason, repeated) => logger.info('A token proved nothing', { reason, ...repeated })),
  });
}
