// The public face of `headgate/policy`: reads `headgate.yaml`. Apart from `headgate/limiter`, because it brings a YAML parser
// and a validator, which a function's bundle is better without.
export { PolicyError, type PolicyProblem } from './parse.ts';
export type { Budget, Limit, Policy } from './policy.ts';
export { policyFromFile, policyFromYaml } from './read-policy.ts';
