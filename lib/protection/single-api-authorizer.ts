import { Lazy } from 'aws-cdk-lib';
import { Authorizer, type IAuthorizer, type IRestApi, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Construct } from 'constructs';
import { DeployError } from '../deploy-error.ts';

/** `gate.restAuthorizer`: stands for the authorizer of the first REST API on whose methods it is used. */
export class SingleApiAuthorizer extends Authorizer {
  readonly authorizerId: string;
  readonly #authorizerOf: (api: RestApi) => IAuthorizer;
  #used?: { readonly api: IRestApi; readonly authorizer: IAuthorizer };

  constructor(scope: Construct, id: string, authorizerOf: (api: RestApi) => IAuthorizer) {
    super(scope, id);
    this.#authorizerOf = authorizerOf;
    this.authorizerId = Lazy.string({
      produce: () => {
        if (this.#used) return this.#used.authorizer.authorizerId;
        throw new DeployError('wrongAuthorizer', 'gate.restAuthorizer is used on no method, so it has no id.');
      },
    });
  }

  /** Called by each Method that it is given to. */
  _attachToApi(api: IRestApi): void {
    if (this.#used && this.#used.api !== api) {
      const message = `gate.restAuthorizer is used on "${this.#used.api.node.path}" and cannot serve "${api.node.path}" as well.`;
      throw new DeployError('wrongAuthorizer', `${message} Use gate.restAuthorizerFor(api) for each of them.`);
    }
    this.#used ??= { api, authorizer: this.#authorizerOf(api as RestApi) };
  }
}
