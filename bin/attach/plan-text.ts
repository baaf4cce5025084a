import { apiText } from '../../lambda/attach/engine.ts';
import type { LeftRoute } from '../../lambda/attach/model.ts';
import type { Terminal } from '../cli/terminal.ts';
import type { ApiPlan } from './attachments.ts';

/** A plan for people: what stops it first, then what is touched, what is not, and how it goes live. */
export function showPlan({ api, plan }: ApiPlan, terminal: Terminal): void {
  terminal.print(terminal.style('bold', `${apiText(api)}, stage ${api.stage}`));
  if (plan === undefined) {
    terminal.print('  stops    there is no such API in this account and region');
    return;
  }
  for (const { what, where, waysOn } of plan.obstacles) {
    terminal.print(`  ${terminal.style('red', 'stops')}    ${where}: ${what}`);
    terminal.print(`           ways on: ${waysOn.join(', or ')}`);
  }
  for (const { text } of plan.changes) terminal.print(`  ${terminal.style('green', 'changes')}  ${text}`);
  for (const { key } of plan.restores) terminal.print(`  restores ${key}: as it was before`);
  for (const { key } of plan.kept) terminal.print(`  keeps    ${key}: somebody else has changed it since`);
  for (const one of plan.left) showLeft(one, terminal);
  if (plan.publishes) terminal.print(`  deploys  the API to the stage ${api.stage}`);
  if (plan.changes.length + plan.restores.length === 0 && plan.obstacles.length === 0) {
    terminal.print('  nothing to change');
  }
}

/** What is not touched, and what can be done about it. */
export function showLeft({ route, reason, waysOn }: LeftRoute, terminal: Terminal): void {
  terminal.print(`  ${terminal.style('yellow', 'leaves')}   ${route}: ${reason}`);
  terminal.print(`           ways on: ${waysOn.join(', or ')}`);
}

/** The same for programs. */
export function planJson({ api, plan }: ApiPlan) {
  const { kind, apiId, stage } = api;
  if (plan === undefined) return { kind, apiId, stage, exists: false };
  const { changes, restores, kept, left, obstacles, publishes, unpublished } = plan;
  return {
    kind,
    apiId,
    stage,
    exists: true,
    changes,
    restores: restores.map(({ key, before }) => ({ key, to: before })),
    kept: kept.map(({ key }) => key),
    left,
    obstacles,
    publishes,
    unpublished,
  };
}

/** Whether a deployment would stop. */
export const stops = ({ plan }: ApiPlan): boolean => plan === undefined || plan.obstacles.length > 0;
