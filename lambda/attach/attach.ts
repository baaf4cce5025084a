import { refusedAccessLog } from './access-log.ts';
import { AttachError, ObstaclesError } from './attach-error.ts';
import { isAnsweredRefusal } from './control-plane-failure.ts';
import { deploymentKey, isDeploymentKey, noteOf } from './deployment-note.ts';
import { type AttachReport, apiText, type EngineParts, giveBack } from './engine.ts';
import {
  type AttachRecord,
  type AttachRecords,
  type AttachTarget,
  AUTHORIZER,
  type Element,
  type LeftRoute,
} from './model.ts';
import { isOurs, type Plan, planAttachment } from './plan.ts';
import { noteDeployment, publish } from './publish.ts';
import { sameValue } from './value.ts';
import { withdraw } from './withdraw.ts';

/**
 * Makes an API as its target says, from whatever state: not attached, attached differently, half attached by a run that
 * was killed, stripped by somebody else. Every change is recorded before it is made, so a run can be killed anywhere.
 *
 * Order: the authorizer, what refers to it, what is no longer covered, the deployment.
 *
 * @throws AttachError HG241 without such an API, HG240 with everything that would do harm; both before any change
 */
export async function attach<State>(parts: EngineParts<State>, target: AttachTarget): Promise<AttachReport> {
  let look = await lookAt(parts, target);
  const changed: string[] = [];
  const restored: string[] = [];
  const refused: LeftRoute[] = [];
  const report = (done: boolean): AttachReport => ({
    done,
    changed,
    restored,
    kept: look.plan.kept.map(({ key }) => key),
    left: [...look.plan.left, ...refused],
  });

  const serving = parts.adapter.deployment(look.state, target.stage);
  if (look.plan.publishes && serving !== undefined) {
    const publishesEdits = look.plan.unpublished.length > 0;
    await noteDeployment(parts, look.records, { name: target.stage, serving, publishesEdits });
  }
  const authorizer = look.plan.changes.find(({ key }) => key === AUTHORIZER);
  if (authorizer) {
    await change(parts, look, target, authorizer);
    changed.push(AUTHORIZER);
  }
  // Now everything that refers to the authorizer can be planned with its id.
  if (authorizer || look.plan.publishes) look = await lookAt(parts, target);

  for (const element of look.plan.changes) {
    if (changed.length > 0 && !parts.hasTime()) return report(false);
    const refusal = await change(parts, look, target, element);
    if (refusal === undefined) changed.push(element.key);
    else refused.push(refusedAccessLog(refusal));
  }
  for (const record of look.plan.restores) {
    if (changed.length + restored.length > 0 && !parts.hasTime()) return report(false);
    await giveBack(parts, look.state, target, record);
    restored.push(record.key);
  }
  for (const { key } of [...look.plan.settled, ...look.plan.kept]) await parts.records.remove(key);

  const note = look.records.get(deploymentKey(target.stage));
  if (look.plan.publishes && note !== undefined) await publish(parts, target, noteOf(note));
  for (const record of look.records.values()) {
    if (isDeploymentKey(record.key) && record.key !== deploymentKey(target.stage))
      await withdraw(parts, target, record, false);
  }
  return report(true);
}

interface Look<State> {
  readonly state: State;
  readonly records: AttachRecords;
  readonly plan: Plan;
}

async function lookAt<State>({ adapter, records }: EngineParts<State>, target: AttachTarget): Promise<Look<State>> {
  const state = await adapter.read(target);
  if (state === undefined) {
    const mend = 'Correct the id, or attach in the region of the API.';
    throw new AttachError('noApi', `${apiText(target)} does not exist in this account and region. ${mend}`);
  }
  const known = await records.all();
  const plan = planAttachment(adapter, state, target, known);
  if (plan.obstacles.length > 0) throw new ObstaclesError(apiText(target), plan.obstacles);
  return { state, records: known, plan };
}

/**
 * Records what is there, then changes it.
 *
 *     run 1: record(before: NONE, after: ours) ── killed ── set …
 *     run 2: record exists: kept ─────────────────────────── set(ours)
 *
 * A retry that took the present value for the value before would give back our own. So a first `before` stays, unless
 * somebody else has put another value there since: then that is what has to come back.
 *
 * @returns why API Gateway refused an optional element; that stands in the record too, for those who look later
 */
async function change<State>(
  { adapter, records, clock }: EngineParts<State>,
  { state, records: known }: Look<State>,
  target: AttachTarget,
  { key, present, wanted, optional }: Element,
): Promise<string | undefined> {
  const first: AttachRecord = { key, before: present, after: wanted, at: clock() };
  const record = known.get(key) ?? (await records.putFirst(first));
  const next = renewed(record, first);
  if (!sameRecord(record, next)) await records.update(next);
  try {
    await adapter.set(state, target, key, wanted);
    return undefined;
  } catch (error) {
    if (optional !== true || !isAnsweredRefusal(error)) throw error;
    await records.update({ ...next, after: null });
    return error instanceof Error ? error.message : String(error);
  }
}

/** The record as it has to be while `first.before` becomes `first.after`. */
function renewed(record: AttachRecord, { key, before: present, after }: AttachRecord): AttachRecord {
  const isBefore = sameValue(present, record.before);
  const ours = isOurs(record, present);
  const before = isBefore || ours ? record.before : present;
  return {
    key,
    before,
    after,
    ...(ours && !isBefore && !sameValue(present, after) && { earlier: present }),
    at: record.at,
  };
}

function sameRecord(a: AttachRecord, b: AttachRecord): boolean {
  return sameValue(a.before, b.before) && sameValue(a.after, b.after) && sameValue(a.earlier, b.earlier);
}
