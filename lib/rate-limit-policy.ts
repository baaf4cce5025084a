import { readFileSync } from 'node:fs';
import type { Deployment } from '../lambda/policy/deployment.ts';
import { PolicyError, parsePolicy } from '../lambda/policy/parse.ts';
import type { Policy } from '../lambda/policy/policy.ts';
import { DeployError } from './deploy-error.ts';

/** Who may do what how often: a `headgate.yaml`, read and checked at synthesis. */
export class RateLimitPolicy {
  /**
   * Reads a policy file.
   *
   * @param file absolute, or relative to the folder that the app runs in
   * @throws DeployError (HG221) where the file cannot be read, PolicyError (HG101) with everything that is wrong in it
   */
  static fromFile(file: string): RateLimitPolicy {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
      const hint = `The path is taken from ${process.cwd()}; \`npx headgate init\` writes a policy.`;
      throw new DeployError('policyFile', `The policy file "${file}" cannot be read (${reason}). ${hint}`, { cause });
    }
    return new RateLimitPolicy(text, file);
  }

  /**
   * Reads a policy from a string.
   *
   * @param file how messages name it
   * @throws PolicyError (HG101) with everything that is wrong in it
   */
  static fromString(text: string, file = 'headgate.yaml'): RateLimitPolicy {
    return new RateLimitPolicy(text, file);
  }

  /** What travels in the function's asset. */
  readonly compiled: Policy;
  /** What the file says for the deployment alone. */
  readonly deployment: Deployment;
  readonly #text: string;
  readonly #file: string;

  private constructor(text: string, file: string) {
    const { policy, deployment, problems } = parsePolicy(text);
    if (policy === undefined || deployment === undefined) throw new PolicyError(file, problems);
    this.compiled = policy;
    this.deployment = deployment;
    this.#text = text;
    this.#file = file;
  }

  /**
   * What is wrong with the policy for APIs that have these routes, each message with line and column.
   *
   * @param routes `POST /login`, `ANY /{proxy+}`, `$default`
   */
  problemsOn(routes: readonly string[]): string[] {
    const { policy, problems } = parsePolicy(this.#text, { routes });
    return policy === undefined ? [new PolicyError(this.#file, problems).message] : [];
  }
}
