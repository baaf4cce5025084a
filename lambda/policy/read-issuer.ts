import type { JwtSource } from './policy.ts';
import type { Report } from './report.ts';
import type { Path } from './source.ts';

const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Who signs the tokens, and where its keys are: `jwksUri`, or `/.well-known/jwks.json` below the issuer.
 *
 * The address of the keys must be https: whoever can answer in the issuer's place can sign as anybody. On this machine http
 * will do, for development.
 */
export function readIssuer(
  jwt: Readonly<Record<string, unknown>>,
  path: Path,
  report: Report,
): Pick<JwtSource, 'issuer' | 'jwksUri'> | undefined {
  const { issuer, jwksUri } = jwt;
  const wrong = (key: string, message: string, mend: string) => {
    const allowed = 'https://..., without a user, a password or a fragment; http:// for localhost only';
    report.add([...path, key], { code: 'HG128', message, allowed, mend });
    return undefined;
  };
  if (issuer === undefined) return undefined;
  if (typeof issuer !== 'string' || !/^[\x21-\x7e]{1,512}$/.test(issuer)) {
    return wrong('issuer', 'not an issuer', 'write what the tokens have in `iss`');
  }
  if (jwksUri !== undefined) {
    if (typeof jwksUri === 'string' && isTrusted(jwksUri)) return { issuer, jwksUri };
    return wrong('jwksUri', 'not an address that the keys can safely be fetched from', 'write an https address');
  }
  if (!isTrusted(issuer)) {
    return wrong('issuer', 'no keys can safely be fetched from there', 'write the https issuer, or add `jwksUri`');
  }
  const url = new URL(issuer);
  if (url.search !== '') return wrong('issuer', 'it is not known where its keys are', 'add `jwksUri`');
  return { issuer, jwksUri: `${url.origin}${url.pathname.replace(/\/$/, '')}/.well-known/jwks.json` };
}

function isTrusted(text: string): boolean {
  const url = text.length <= 512 && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOCAL.includes(url.hostname));
}
