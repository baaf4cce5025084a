import { StillAskedError } from './attach-error.ts';
import { isDeploymentKey } from './deployment-note.ts';
import { type AttachReport, apiText, type EngineParts, giveBack } from './engine.ts';
import { type AttachTarget, AUTHORIZER } from './model.ts';
import { earlierName } from './other-gate.ts';
import { planRestores } from './plan.ts';
import { withdraw } from './withdraw.ts';

/**
 * Takes a gate off an API: what is still as we set it becomes what it was, then the stage, last the authorizer. An API
 * that does not exist any more needs nothing. It may be called again after a kill, and for an API that was never attached.
 *
 * @throws StillAskedError HG244 as long as a route or a stage asks the authorizer: without it they would answer 500
 */
export async function detach<State>(parts: EngineParts<State>, target: AttachTarget): Promise<AttachReport> {
  const { adapter, records } = parts;
  const state = await adapter.read(target);
  const known = await records.all();
  const restored: string[] = [];
  // The rollback of an attachment under another name, which was refused: the one that stands is not meant.
  if (earlierName(known, target) !== undefined) return { done: true, changed: [], restored, kept: [], left: [] };
  if (state === undefined) {
    for (const key of known.keys()) await records.remove(key);
    return { done: true, changed: [], restored, kept: [], left: [] };
  }
  const elements = [...known.values()].filter(({ key }) => key !== AUTHORIZER);
  const { restores, kept, settled } = planRestores(adapter, state, elements);
  const report = (done: boolean): AttachReport => ({
    done,
    changed: [],
    restored,
    kept: kept.map(({ key }) => key),
    left: [],
  });

  for (const record of restores) {
    if (restored.length > 0 && !parts.hasTime()) return report(false);
    await giveBack(parts, state, target, record);
    restored.push(record.key);
  }
  for (const { key } of settled) await records.remove(key);
  for (const record of known.values()) {
    if (isDeploymentKey(record.key)) await withdraw(parts, target, record, true);
  }
  await adapter.sweepDeployments(target);

  const asking = await adapter.asking(target);
  if (asking.routes.length + asking.stages.length > 0) throw new StillAskedError(apiText(target), asking);
  // Only now: an error above is raised again by the next run, which then still knows what somebody else has changed.
  for (const { key } of kept) await records.remove(key);
  if (known.has(AUTHORIZER)) {
    await adapter.set(state, target, AUTHORIZER, null);
    await records.remove(AUTHORIZER);
    restored.push(AUTHORIZER);
  }
  return report(true);
}
