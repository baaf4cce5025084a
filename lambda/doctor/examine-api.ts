import { isRefused } from '../attach/access-log.ts';
import { apiText } from '../attach/engine.ts';
import type {
  ApiAdapter,
  AttachRecords,
  AttachTarget,
  Element,
  Json,
  Obstacle,
  RecordStore,
  Survey,
} from '../attach/model.ts';
import { AUTHORIZER } from '../attach/model.ts';
import { sameValue } from '../attach/value.ts';
import { about, type Finding } from './finding.ts';

export interface ApiToExamine {
  readonly target: AttachTarget;
  /** Has records, and is mended by attaching again. */
  readonly attached: boolean;
}

/**
 * Whether an API is as it was deployed: authorizer on every route, nothing cached, the gateway's answers, and a stage that
 * serves all of it. It looks with the eyes of `attach`: what attaching would change has been stripped.
 */
export async function examineApi<State>(
  adapter: ApiAdapter<State>,
  records: Pick<RecordStore, 'all'>,
  { target, attached }: ApiToExamine,
): Promise<Finding[]> {
  const subject = `${apiText(target)}, stage ${target.stage}`;
  const { fine, wrong } = about('api', subject);
  const state = await adapter.read(target);
  if (state === undefined) return [wrong('does not exist', 'take it out of the policy or the app, and deploy')];
  const known: AttachRecords = attached ? await records.all() : new Map();
  // That a method of the app asks the gate its template says, whoever gives its API key.
  const survey = adapter.survey(state, attached ? target : { ...target, passKeys: true }, known);
  const mend = attached ? ATTACH_AGAIN : DRIFT;
  const stripped = survey.elements.filter((element) => isDue(element, attached, known));
  const problems = [
    ...stripped.map((element) => wrong(strippedText(element), mend)),
    ...behind(survey).map((text) => wrong(text, attached ? ATTACH_AGAIN : 'deploy the API to the stage again')),
    ...survey.obstacles.map(({ what, where, waysOn }: Obstacle) => wrong(`${where}: ${what}`, waysOn.join(', or '))),
  ];
  const guarded = survey.elements.filter(({ route }) => route !== undefined);
  if (problems.length === 0 && guarded.length === 0) {
    return [wrong('no route asks the gate', 'every route has another authorizer, or none is there: see the policy')];
  }
  if (problems.length > 0) return problems;
  const left = [...survey.left.map(({ route }) => route), ...refusedNames(survey, known)];
  return [
    fine(
      `${count(guarded.length)} the gate, without caching${left.length === 0 ? '' : `; left alone: ${listed(left)}`}`,
    ),
  ];
}

/** Headers on integrations are the middleware's, on APIs of the app. */
function isDue({ key, present, wanted, optional }: Element, attached: boolean, known: AttachRecords): boolean {
  if (sameValue(present, wanted)) return false;
  // API Gateway would not have it when it was attached: nobody has taken it away.
  if (optional === true && present === null && isRefused(known.get(key))) return false;
  return attached || !key.startsWith('integration ');
}

const refusedNames = ({ elements }: Survey, known: AttachRecords): string[] =>
  elements.filter(({ key }) => isRefused(known.get(key))).map(({ key }) => `${key} (API Gateway refused it)`);

function strippedText({ key, route, text, present, wanted }: Element): string {
  if (route !== undefined) return `${route} does not ask the gate: it is not limited`;
  if (present === null) return key === AUTHORIZER ? `the ${text.split(':')[0]} is gone` : `${key} is gone`;
  const differences = key === AUTHORIZER ? differencesOf(present, wanted) : '';
  return `${text.split(':')[0]} is not as deployed${differences}`;
}

/** `: ttl is 300, not 0`. */
function differencesOf(present: Json, wanted: Json): string {
  if (!isMap(present) || !isMap(wanted)) return '';
  const parts = Object.keys(wanted)
    .filter((name) => !sameValue(present[name], wanted[name]))
    .map((name) => `${name} is ${JSON.stringify(present[name] ?? null)}, not ${JSON.stringify(wanted[name])}`);
  return parts.length === 0 ? '' : `: ${parts.join('; ')}`;
}

const isMap = (value: Json): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function behind({ behind = [] }: Survey): string[] {
  return behind.length === 0
    ? []
    : [
        `the stage serves a deployment in which ${listed(behind)} ${behind.length === 1 ? 'does' : 'do'} not ask the gate`,
      ];
}

const count = (routes: number): string => (routes === 1 ? '1 route asks' : `${routes} routes ask`);

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

const ATTACH_AGAIN =
  '`npx headgate attach --repair` attaches again; find out what takes it off (Terraform, a re-import)';
const DRIFT =
  'set it back in the console: CloudFormation does not see the drift (`aws cloudformation detect-stack-drift` lists it)';
