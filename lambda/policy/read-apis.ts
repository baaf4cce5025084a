import type { AttachedApi } from './attached-api.ts';
import type { Policy } from './policy.ts';
import type { Finding } from './problem.ts';
import { twice } from './read-callers.ts';
import { readRoutes } from './read-routes.ts';
import { isMap, type Report } from './report.ts';
import { API_ID_PATTERN, STAGE_PATTERN } from './schema.ts';
import type { Path } from './source.ts';

/** The APIs that the gate is attached to. An entry with errors is left out. */
export function readApis(
  value: unknown,
  { identify }: Pick<Policy, 'identify'>,
  report: Report,
): readonly AttachedApi[] {
  if (!Array.isArray(value)) return [];
  const apis: AttachedApi[] = [];
  for (const [index, entry] of value.entries()) {
    if (!isMap(entry)) continue;
    const path: Path = ['apis', index];
    const api = readApi(entry, path, report);
    if (entry.passKeys === true && api?.kind === 'rest' && !identify.some(({ kind }) => kind === 'apiKey')) {
      report.add([...path, 'passKeys'], NO_KEYS, { at: 'key' });
    }
    if (api === undefined) continue;
    if (apis.some(({ apiId }) => apiId === api.apiId)) {
      report.add([...path, keyOf(api.kind)], twice(`the API \`${api.apiId}\``));
    } else apis.push(api);
  }
  return apis;
}

function readApi(entry: Readonly<Record<string, unknown>>, path: Path, report: Report): AttachedApi | undefined {
  const kind = readKind(entry, path, report);
  if (kind === undefined) return undefined;
  const apiId = report.take([...path, keyOf(kind)], parseApiId(entry[keyOf(kind)], keyOf(kind)));
  const stage = entry.stage === undefined ? undefined : report.take([...path, 'stage'], parseStage(entry.stage, kind));
  const routes = readRoutes(entry.routes, [...path, 'routes'], undefined, report);
  for (const [key, finding] of misplaced(entry, kind)) report.add([...path, key], finding, { at: 'key' });
  if (apiId === undefined || stage === undefined) return undefined;
  return {
    kind,
    apiId: apiId.text,
    stage: stage.text,
    ...(routes && { routes }),
    ...((entry.deny === 'forbidden' || entry.deny === 'middleware') && { deny: entry.deny }),
    ...(entry.sharedDeny === true && { sharedDeny: true }),
    ...(entry.replace === true && { replace: true }),
    ...(entry.passKeys === true && { passKeys: true }),
    ...(entry.publishPending === true && { publishPending: true }),
  };
}

function readKind(
  entry: Readonly<Record<string, unknown>>,
  path: Path,
  report: Report,
): AttachedApi['kind'] | undefined {
  const { restApi, httpApi } = entry;
  if ((restApi === undefined) !== (httpApi === undefined)) return restApi === undefined ? 'http' : 'rest';
  const message = restApi === undefined ? 'an entry without an API' : 'two APIs in one entry';
  report.add(path, apis(message, 'either `restApi:` or `httpApi:`', 'write one entry for each API'), { at: 'key' });
  return undefined;
}

function parseApiId(value: unknown, key: string): { readonly text: string } | Finding {
  const text = String(value);
  if (typeof value === 'string' && API_ID_PATTERN.test(value)) return { text: value };
  // People copy the address, or the ARN, where the id stands in it.
  const inside = /^(?:https?:\/\/)?([a-z0-9]+)\.execute-api\./.exec(text) ?? /\/(?:rest)?apis\/([a-z0-9]+)/.exec(text);
  const mend =
    typeof value === 'number'
      ? `quote it: YAML takes it for a number (${key}: "a1b2c3d4e5")`
      : inside
        ? `write \`${key}: ${inside[1]}\``
        : 'write the id as API Gateway shows it beside the name of the API';
  return apis(`\`${text.slice(0, 60)}\` is not the id of an API`, 'small letters and digits, such as a1b2c3d4e5', mend);
}

function parseStage(value: unknown, kind: AttachedApi['kind']): { readonly text: string } | Finding {
  const text = String(value);
  const allowed = `the name of a stage: letters, digits, - and _${kind === 'http' ? ', or $default' : ''}`;
  if (typeof value === 'number') return apis('a number, not a text', allowed, `quote it: stage: "${text}"`);
  if (text === '$default' && kind === 'rest') {
    return apis('a REST API has no stage `$default`', allowed, 'name the stage that callers use, or write `httpApi:`');
  }
  if (typeof value === 'string' && STAGE_PATTERN.test(value)) return { text: value };
  const inPath = /([A-Za-z0-9_-]+)\/?$/.exec(text)?.[1];
  return apis(
    `\`${text.slice(0, 60)}\` is not a stage`,
    allowed,
    inPath ? `write \`stage: ${inPath}\`, for example` : 'write its name alone',
  );
}

/** An option that says nothing for this kind of API: who wrote it expects something that will not happen. */
function misplaced(entry: Readonly<Record<string, unknown>>, kind: AttachedApi['kind']): [string, Finding][] {
  if (kind !== 'http') return [];
  const says = {
    sharedDeny: "an HTTP API's other authorizers keep their own answers",
    passKeys: 'an HTTP API has no keys',
  };
  return Object.entries(says)
    .filter(([key]) => entry[key] !== undefined)
    .map(([key, message]) => [key, apis(message, `\`${key}\` beside \`restApi\``, 'take it away')]);
}

const keyOf = (kind: AttachedApi['kind']): 'restApi' | 'httpApi' => (kind === 'rest' ? 'restApi' : 'httpApi');
const apis = (message: string, allowed: string, mend: string): Finding => ({ code: 'HG140', message, allowed, mend });

const NO_KEYS = apis(
  '`identify` reads no key that could be passed on',
  '`passKeys` beside `identify: [{ apiKey: HEADER }]`',
  'name the header in which callers send their key, or take it away',
);
