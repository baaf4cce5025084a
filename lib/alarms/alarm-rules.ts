import { ALARM_IDS, type AlarmId } from '../../lambda/policy/alarm-catalogue.ts';
import { type AlarmRules, type ResolvedRule, resolveRule, ruleProblems } from '../../lambda/policy/alarms.ts';
import { DeployError } from '../deploy-error.ts';

/**
 * The rule of every alarm: the catalogue's numbers, then the policy's, then those of the construct's properties.
 *
 * @throws DeployError (HG227) for a number of the properties that is out of its bounds
 */
export function alarmRules(policy: AlarmRules, props: AlarmRules): Readonly<Record<AlarmId, ResolvedRule>> {
  const rules = ALARM_IDS.map((id) => {
    const rule = { ...policy[id], ...props[id] };
    for (const { key, value, allowed } of ruleProblems(id, rule)) {
      throw new DeployError('badProperty', `alarms.rules['${id}'].${key} is ${value}; allowed: ${allowed}.`);
    }
    return [id, resolveRule(id, rule)] as const;
  });
  return Object.fromEntries(rules) as Record<AlarmId, ResolvedRule>;
}
