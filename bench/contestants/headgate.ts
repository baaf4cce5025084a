import { Limiter } from '../../lambda/limiter/limiter.ts';
import { compilePolicy } from '../../lambda/policy/parse.ts';
import { rateText } from '../../lambda/policy/rate.ts';
import { chargesFor } from '../../lambda/request/charges.ts';
import { dynamodbStore } from '../../lambda/store/dynamodb.ts';
import { COUNTERS } from '../../lambda/store/registry-keys.ts';
import type { Contestant, Rule } from './contestant.ts';
import { createTable, localClient } from './counter-table.ts';

type Kind = 'sliding-window' | 'fixed-window' | 'token-bucket';

/** A `headgate.yaml` with the rules: what is measured is what a policy gives. A bucket holds as much as its rate. */
export function policyText(rules: readonly Rule[], algorithm: Kind): string {
  const limits = rules.flatMap((rule) => [
    `  ${rule.name}:`,
    '    per: client',
    `    rate: ${rateText(rule)}`,
    `    algorithm: ${algorithm}`,
    ...(algorithm === 'token-bucket' ? [`    burst: ${rule.limit}`] : []),
  ]);
  return ['limits:', ...limits, ''].join('\n');
}

function headgate(name: string, title: string, algorithm: Kind): Contestant {
  return {
    name,
    title,
    suits: () => true,
    async open({ endpoint, rules, instances, clock, watch }) {
      const policy = compilePolicy(policyText(rules, algorithm), 'bench');
      const matched = policy.limits.map((limit) => ({ limit, cost: limit.cost }));
      const askedBy = (client: string) =>
        chargesFor(policy, matched, { client, address: '192.0.2.1', tier: policy.tiers[0]! });

      const table = await createTable(endpoint, COUNTERS.partitionKey);
      const client = localClient(endpoint);
      watch(client);
      const newLimiter = () => new Limiter({ store: dynamodbStore(client, table), clock });
      const limiters = Array.from({ length: instances }, newLimiter);
      return {
        async decide(instance, caller) {
          const { allowed, failure } = await limiters[instance]!.decide(askedBy(caller));
          if (failure) throw new Error(`Headgate could not ask its store: ${failure}.`);
          return allowed;
        },
        async used(caller, rule) {
          if (algorithm === 'token-bucket') return undefined;
          const { limits } = await newLimiter().decide(askedBy(caller));
          const status = limits.find((limit) => limit.name === rule.name)!;
          // The look itself takes one where it passes.
          return status.limit - status.remaining - Number(limits.every((limit) => limit.allowed));
        },
        async close() {
          client.destroy();
        },
      };
    },
  };
}

export const headgateSliding = headgate('headgate', 'Headgate', 'sliding-window');
export const headgateFixed = headgate('headgate-fixed', 'Headgate, fixed window', 'fixed-window');
export const headgateBucket = headgate('headgate-bucket', 'Headgate, token bucket', 'token-bucket');
