import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IConstruct } from 'constructs';
import type { AuthorizerFunction } from '../authorizer-function.ts';
import { DeployError } from '../deploy-error.ts';
import { HttpProtection } from './http-protection.ts';
import type { ProtectedApi } from './protected-api.ts';
import { RestProtection, type RestProtectionOptions } from './rest-protection.ts';

/** The id, below the API, of what a gate adds to it. */
const ID = 'Headgate';

/** What a gate has added to which API: once each, since an API has one authorizer of ours and one 429. */
export class Protections {
  readonly #rest = new Map<RestApi, RestProtection>();
  readonly #http = new Map<HttpApi, HttpProtection>();
  readonly #authorizer: AuthorizerFunction;
  readonly #added: (api: ProtectedApi) => void;

  /** @param added is told of each */
  constructor(authorizer: AuthorizerFunction, added: (api: ProtectedApi) => void) {
    this.#authorizer = authorizer;
    this.#added = added;
  }

  all(): ProtectedApi[] {
    return [...this.#rest.values(), ...this.#http.values()];
  }

  rest(api: RestApi, options: RestProtectionOptions): RestProtection {
    let protection = this.#rest.get(api);
    if (protection === undefined) {
      refuseSecondGate(api);
      protection = new RestProtection(api, ID, this.#authorizer, options);
      this.#rest.set(api, protection);
      this.#added(protection);
    } else if (options.cors) {
      const text = `"cors" for "${api.node.path}" comes too late: the API's answers are made at the gate's first use on it.`;
      throw new DeployError('badProperty', `${text} Call protect(api, { cors }) before its authorizer is used.`);
    }
    return protection;
  }

  http(api: HttpApi): HttpProtection {
    let protection = this.#http.get(api);
    if (protection === undefined) {
      refuseSecondGate(api);
      protection = new HttpProtection(api, ID, this.#authorizer);
      this.#http.set(api, protection);
      this.#added(protection);
    }
    return protection;
  }
}

function refuseSecondGate(api: IConstruct): void {
  if (!api.node.tryFindChild(ID)) return;
  const text = `"${api.node.path}" has another gate, and an API can have one: its 429 is the same for all of its methods.`;
  throw new DeployError('apiTaken', `${text} Put the limits into one policy.`);
}
