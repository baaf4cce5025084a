import type { DetachPlan } from '../../lambda/attach/detach-plan.ts';
import { apiText } from '../../lambda/attach/engine.ts';
import { authorizerName } from '../../lambda/attach/model.ts';
import type { Terminal } from '../cli/terminal.ts';
import type { ApiName } from './deployed-attachments.ts';

/** What detaching from one API would do; without `plan`: there is no such API any more. */
export interface ApiDetachment {
  readonly api: ApiName;
  readonly plan?: DetachPlan;
}

/** What an API gets back that is attached and that the policy does not name. */
export function showDetachment({ api, plan }: ApiDetachment, gate: string, terminal: Terminal): void {
  terminal.print(terminal.style('bold', `${apiText(api)}: attached, and not in the policy any more`));
  if (plan === undefined) {
    terminal.print('  forgets  the API does not exist any more: there is nothing to give back');
    return;
  }
  for (const { what, where, waysOn } of plan.obstacles) {
    terminal.print(`  ${terminal.style('red', 'stops')}    ${where}: ${what}`);
    if (waysOn.length > 0) terminal.print(`           ways on: ${waysOn.join(', or ')}`);
  }
  for (const { key } of plan.restores) {
    terminal.print(`  ${terminal.style('green', 'restores')} ${key}: as it was before`);
  }
  for (const { key } of plan.kept) terminal.print(`  keeps    ${key}: somebody else has changed it since`);
  for (const { stage, to } of plan.stages) {
    terminal.print(
      to === null
        ? `  deploys  the API to the stage ${stage}: its deployment from before is not what its owner serves now`
        : `  restores stage ${stage}: to the deployment ${to}, which it served before`,
    );
  }
  if (plan.authorizer) terminal.print(`  removes  authorizer "${authorizerName(gate)}"`);
}

/** The same for programs. */
export function detachmentJson({ api: { kind, apiId }, plan }: ApiDetachment) {
  if (plan === undefined) return { kind, apiId, exists: false };
  const { restores, kept, stages, authorizer, obstacles } = plan;
  return {
    kind,
    apiId,
    exists: true,
    restores: restores.map(({ key, before }) => ({ key, to: before })),
    kept: kept.map(({ key }) => key),
    stages,
    authorizer,
    obstacles,
  };
}

/** Whether the deployment that detaches would stop half-way. */
export const detachingStops = ({ plan }: ApiDetachment): boolean => plan !== undefined && plan.obstacles.length > 0;
