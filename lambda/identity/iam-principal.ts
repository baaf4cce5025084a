import { member } from '../request/request-text.ts';
import { issuedClient } from './client-id.ts';

const IAM = { kind: 'iam' } as const;
/** `arn:aws:iam::123456789012:user/path/name`, `arn:aws:sts::123456789012:assumed-role/role/session`. */
const ARN = /^arn:[a-z-]{3,20}:(?:iam|sts)::(\d{12}):(root|(?:user|assumed-role|federated-user)\/[^\s]{1,600})$/;

/**
 * The client that a request signed with AWS credentials comes from, as API Gateway (REST: `requestContext.identity`; HTTP:
 * `requestContext.authorizer.iam`) or a function URL has authenticated it; undefined where nothing of that kind is proven.
 *
 * - A user: `iam:ACCOUNT.user.NAME`, whatever its path.
 * - A role: `iam:ACCOUNT.role.NAME`. Who assumes it names the session, so that counting by session would hand out budgets.
 * - A federated user: its account, for the same reason.
 * - A user of a Cognito identity pool: its identity, since all of them assume one role. Guests of a pool prove nothing:
 *   anybody gets a new guest identity at any time.
 */
export function iamClient(identity: unknown, authorizer: unknown): string | undefined {
  const iam = member(authorizer, 'iam') ?? identity;
  if (isCognito(iam)) {
    const [id, authenticated] = cognitoIdentity(iam);
    return authenticated && id !== undefined ? issuedClient(IAM, `cognito.${id}`) : undefined;
  }
  const arn = member(iam, 'userArn');
  const match = typeof arn === 'string' ? ARN.exec(arn) : null;
  if (match === null) return undefined;
  const [, account, principal] = match;
  const [kind, ...names] = principal!.split('/');
  switch (kind) {
    case 'user':
      return issuedClient(IAM, `${account}.user.${names.at(-1)}`);
    case 'assumed-role':
      return issuedClient(IAM, `${account}.role.${names[0]}`);
    case 'federated-user':
      return issuedClient(IAM, `${account}.federated`);
    default:
      return issuedClient(IAM, `${account}.root`);
  }
}

const isCognito = (iam: unknown): boolean =>
  Boolean(member(iam, 'cognitoIdentityId') ?? member(iam, 'cognitoIdentity', 'identityId'));

/** The identity of a pool and whether it has logged in: REST names the type, HTTP the methods (`amr`). */
function cognitoIdentity(iam: unknown): [id: string | undefined, authenticated: boolean] {
  const methods = member(iam, 'cognitoIdentity', 'amr');
  const id = member(iam, 'cognitoIdentityId') ?? member(iam, 'cognitoIdentity', 'identityId');
  const authenticated =
    member(iam, 'cognitoAuthenticationType') === 'authenticated' ||
    (Array.isArray(methods) && methods.includes('authenticated'));
  return [typeof id === 'string' ? id : undefined, authenticated];
}
