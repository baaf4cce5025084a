import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { readRoutesPermission } from '../../lambda/attach/permissions.ts';
import type { ExpectedRoutes } from '../../lambda/attach/resource.ts';
import type { AttachedApi } from '../../lambda/policy/attached-api.ts';
import { DeployError } from '../deploy-error.ts';
import { gatewayArn } from '../gateway-arn.ts';
import { AttachProvider, type AttachProviderProps } from './attach-provider.ts';
import { Attachment, type AttachmentProps } from './attachment.ts';

export interface AttachmentsProps
  extends AttachProviderProps,
    Pick<AttachmentProps, 'gateName' | 'headers' | 'accessLog' | 'authorizer' | 'registry'> {
  /** Routes of limits that no API of the app has. Read when the template is written. */
  readonly missingRoutes: () => ExpectedRoutes['routes'];
}

/** The APIs of other stacks that a gate is attached to. The functions for it are made with the first one. */
export class Attachments {
  readonly #scope: Construct;
  readonly #props: AttachmentsProps;
  readonly #byApi = new Map<string, AttachedApi>();
  #provider?: AttachProvider;

  constructor(scope: Construct, props: AttachmentsProps) {
    this.#scope = scope;
    this.#props = props;
  }

  get size(): number {
    return this.#byApi.size;
  }

  all(): readonly AttachedApi[] {
    return [...this.#byApi.values()];
  }

  /** @throws DeployError HG252 for an API that is attached already */
  add(api: AttachedApi): Attachment {
    const { kind, apiId } = api;
    if (this.#byApi.has(apiId)) {
      const text = `The API "${apiId}" is attached already, and an API has one authorizer for all of its stages and routes.`;
      throw new DeployError(
        'attachedTwice',
        `${text} Put its routes into one attach(), or into one entry of \`apis\`.`,
      );
    }
    this.#provider ??= new AttachProvider(this.#scope, 'Attach', this.#props);
    this.#byApi.set(apiId, api);
    this.#allowToReadRoutes(this.#provider, api);
    return new Attachment(this.#scope, `Attached-${kind}-${apiId}`, {
      ...this.#props,
      api,
      provider: this.#provider,
      expected: () => this.#expected(),
    });
  }

  /** Each attachment looks for the policy's routes on all of the APIs, in whatever order they are attached. */
  #allowToReadRoutes({ role }: AttachProvider, api: AttachedApi): void {
    const { actions, path } = readRoutesPermission(api);
    const resources = [gatewayArn(Stack.of(this.#scope), path)];
    role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources }));
  }

  #expected(): ExpectedRoutes {
    const routes = this.#props.missingRoutes();
    const apis = [...this.#byApi.values()].map(({ kind, apiId }) => ({ kind, apiId }));
    // Without a route to look for, another API is no reason to run again.
    return routes.length === 0 ? { routes, apis: [] } : { routes, apis };
  }
}
