import { parseAddress } from '../../lambda/identity/address.ts';
import { CLIENT_ID_ALLOWED, isClientReference } from '../../lambda/identity/client-id.ts';
import { Exemptions } from '../../lambda/identity/exemptions.ts';
import { matchLimits, routeText } from '../../lambda/policy/match.ts';
import type { Exemption, Limit, Policy } from '../../lambda/policy/policy.ts';
import { mostWithin, worstCaseText } from '../../lambda/policy/worst-case.ts';
import { chargesFor } from '../../lambda/request/charges.ts';
import { UsageError } from './exit.ts';
import type { RequestArgument } from './request-argument.ts';

/** DynamoDB on demand, us-east-1, per million write units. */
const DOLLARS_PER_MILLION_WRITES = 0.625;

/** Where `--as` names no address: the limits per address still count on one. */
const SOME_ADDRESS = '(the caller)';

/** Who asks: a client, or an address. */
export type CallerArgument =
  | { readonly kind: 'client'; readonly id: string }
  | { readonly kind: 'address'; readonly address: string | undefined };

export interface Explanation {
  readonly request: string;
  readonly caller: string;
  readonly tier: string;
  /** The exemption that frees the caller from every limit. */
  readonly exempt?: string;
  /** In the order in which they are asked. */
  readonly limits: readonly {
    readonly name: string;
    readonly per: string;
    /** The item that counts it. */
    readonly subject: string;
    /** Units that this request takes. */
    readonly cost: number;
    readonly mode: string;
    readonly onStoreFailure: string;
    readonly perMinute: number;
    readonly worst: string;
  }[];
  readonly cost: {
    /** Conditional writes for a request below its limits. */
    readonly writes: number;
    /** How many of them are on items that all callers share: under load each stands for many requests. */
    readonly sharedWrites: number;
    readonly dollarsPerMillion: number;
    readonly dollarsPerMillionWrites: number;
  };
}

/** @throws UsageError (HG201) where it is neither `client:ID` nor `address:IP` */
export function parseCaller(text: string | undefined): CallerArgument {
  if (text === undefined) return { kind: 'address', address: undefined };
  const colon = text.indexOf(':');
  const [kind, name] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)];
  if (kind === 'client') {
    if (isClientReference(name)) return { kind, id: name };
    throw new UsageError(`\`${name}\` is no client id; allowed are ${CLIENT_ID_ALLOWED}.`);
  }
  if (kind === 'address' && parseAddress(name)) return { kind, address: name };
  throw new UsageError(`\`${text}\` is not a caller. Write client:ID or address:IP, for example address:203.0.113.7.`);
}

/** What the authorizer would do with a request of somebody who is below all limits. */
export function explain(policy: Policy, request: RequestArgument, caller: CallerArgument, tier: string): Explanation {
  // An IPv6 address counts by its /64.
  const address = (caller.kind === 'address' && parseAddress(caller.address)?.key) || SOME_ADDRESS;
  const client = caller.kind === 'client' ? { client: caller.id } : {};
  const exempt = policy.exempt.find((exemption) => isExempt(exemption, caller));
  const matched = exempt === undefined ? matchLimits(policy, request) : [];
  const subjects = chargesFor(policy, matched, { address, ...client, tier });
  const limits = new Map<string, Limit>(policy.limits.map((limit) => [limit.name, limit]));
  return {
    request: routeText(request),
    caller: caller.kind === 'client' ? `client:${caller.id}` : `address:${address}`,
    tier,
    ...(exempt && { exempt: exemptionText(exempt) }),
    limits: subjects.flatMap(({ subject, charges }) =>
      charges.map(({ name, budget, cost, mode, onStoreFailure }) => ({
        name,
        per: limits.get(name)!.per,
        subject,
        cost,
        mode,
        onStoreFailure,
        perMinute: mostWithin(budget, 60_000),
        worst: worstCaseText(budget),
      })),
    ),
    cost: {
      writes: subjects.length,
      sharedWrites: subjects.filter(({ charges }) => charges.every(({ name }) => isShared(limits.get(name)!))).length,
      dollarsPerMillion: Number((subjects.length * DOLLARS_PER_MILLION_WRITES).toFixed(3)),
      dollarsPerMillionWrites: DOLLARS_PER_MILLION_WRITES,
    },
  };
}

const isShared = ({ per }: Limit): boolean => per === 'all' || per === 'route';

function isExempt(exemption: Exemption, caller: CallerArgument): boolean {
  const only = new Exemptions([exemption]);
  return caller.kind === 'client' ? only.client(caller.id) : only.address(parseAddress(caller.address));
}

function exemptionText(exemption: Exemption): string {
  return exemption.kind === 'client' ? `client: ${exemption.id}` : `address: ${exemption.cidr}`;
}
