import ipaddr from 'ipaddr.js';
import { parseCidr } from '../../lambda/policy/addresses.ts';
import { type MatchedLimit, matchLimits, routeText } from '../../lambda/policy/match.ts';
import type { Policy } from '../../lambda/policy/policy.ts';
import { CLIENT_PATTERN } from '../../lambda/policy/schema.ts';
import { mostWithin, worstCaseText } from '../../lambda/policy/worst-case.ts';
import { UsageError } from './exit.ts';
import type { RequestArgument } from './request-argument.ts';

/** DynamoDB on demand, us-east-1, per million write units. */
const DOLLARS_PER_MILLION_WRITES = 0.625;

export type Caller =
  | { readonly kind: 'client'; readonly id: string }
  /** `text` is what counts: an IPv6 address counts by its /64. Absent: an address that is not named. */
  | { readonly kind: 'address'; readonly address?: string; readonly text: string };

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
    readonly dollarsPerMillion: number;
    readonly dollarsPerMillionWrites: number;
  };
}

/** @throws UsageError (HG201) where it is neither `client:ID` nor `address:IP` */
export function parseCaller(text: string | undefined): Caller {
  if (text === undefined) return { kind: 'address', text: '(the caller)' };
  const at = text.indexOf(':');
  const [kind, value] = [text.slice(0, at), text.slice(at + 1)];
  if (kind === 'client' && CLIENT_PATTERN.test(value)) return { kind, id: value };
  if (kind === 'address' && (ipaddr.IPv4.isValidFourPartDecimal(value) || ipaddr.IPv6.isValid(value))) {
    const address = ipaddr.process(value);
    const counted = address.kind() === 'ipv4' ? address.toString() : networkOf(address.toString());
    return { kind, address: address.toString(), text: counted };
  }
  throw new UsageError(`\`${text}\` is not a caller. Write client:ID or address:IP, for example address:203.0.113.7.`);
}

export function explain(policy: Policy, request: RequestArgument, caller: Caller, tier: string): Explanation {
  const exempt = exemptionOf(policy, caller);
  const matched = exempt === undefined ? matchLimits(policy, request) : [];
  const limits = matched.map((match) => {
    const { limit, cost } = match;
    const budget = limit.budgets[tier]!;
    return {
      name: limit.name,
      per: limit.per,
      subject: subjectOf(match, caller),
      cost,
      mode: limit.mode,
      onStoreFailure: limit.onStoreFailure,
      perMinute: mostWithin(budget, 60_000),
      worst: worstCaseText(budget),
    };
  });
  const writes = new Set(limits.map(({ subject }) => subject)).size;
  return {
    request: routeText(request),
    caller: caller.kind === 'client' ? `client:${caller.id}` : `address:${caller.text}`,
    tier,
    ...(exempt !== undefined && { exempt }),
    limits,
    cost: {
      writes,
      dollarsPerMillion: Number((writes * DOLLARS_PER_MILLION_WRITES).toFixed(3)),
      dollarsPerMillionWrites: DOLLARS_PER_MILLION_WRITES,
    },
  };
}

function subjectOf({ limit, route }: MatchedLimit, caller: Caller): string {
  if (limit.per === 'all') return 'all';
  if (limit.per === 'route') return `route:${route === undefined ? '' : routeText(route)}`;
  if (limit.per === 'client' && caller.kind === 'client') return `client:${caller.id}`;
  return caller.kind === 'client' ? 'address:(the caller)' : `address:${caller.text}`;
}

function exemptionOf(policy: Policy, caller: Caller): string | undefined {
  for (const exemption of policy.exempt) {
    if (exemption.kind === 'client') {
      if (caller.kind === 'client' && caller.id === exemption.id) return `client: ${exemption.id}`;
    } else if (caller.kind === 'address' && caller.address !== undefined) {
      const [address, [network, bits]] = [ipaddr.process(caller.address), ipaddr.parseCIDR(exemption.cidr)];
      if (address.kind() === network.kind() && address.match(network, bits)) return `address: ${exemption.cidr}`;
    }
  }
  return undefined;
}

function networkOf(address: string): string {
  const range = parseCidr(`${address}/64`);
  return 'cidr' in range ? range.cidr : address;
}
