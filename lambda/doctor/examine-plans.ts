import type { APIGatewayClient, UsagePlan } from '@aws-sdk/client-api-gateway';
import { about, type Finding } from './finding.ts';
import type { DoctorPlan } from './subjects.ts';
import { usagePlans } from './usage-plans.ts';

/** Whether the usage plans are as the policy says, with the stages that they were deployed for. */
export async function examinePlans(
  client: Pick<APIGatewayClient, 'send'>,
  plans: readonly DoctorPlan[],
): Promise<Finding[]> {
  if (plans.length === 0) return [];
  const present = await usagePlans(client);
  return plans.map((plan) =>
    examinePlan(
      plan,
      present.find(({ id }) => id === plan.id),
    ),
  );
}

function examinePlan(wanted: DoctorPlan, present: UsagePlan | undefined): Finding {
  const { fine, wrong } = about('plans', wanted.name);
  const mend = 'set it back by hand, or change the plan in the policy and deploy';
  if (present === undefined)
    return wrong('the usage plan is gone', 'deploy again under another `gateName`, or import it');
  const { throttle, quota, apiStages = [] } = present;
  const differences = [
    difference('rate', throttle?.rateLimit, wanted.rateLimit),
    difference('burst', throttle?.burstLimit, wanted.burstLimit),
    difference(
      'quota',
      quota?.limit === undefined ? undefined : `${quota.limit}/${quota.period}`,
      wanted.quota && `${wanted.quota.limit}/${wanted.quota.period}`,
    ),
  ].flat();
  const stages = new Set(apiStages.map(({ apiId, stage }) => `${apiId}:${stage}`));
  const missing = wanted.stages.filter((stage) => !stages.has(stage));
  if (missing.length > 0) differences.push(`it is not on ${missing.join(', ')}`);
  return differences.length === 0 ? fine('as the policy says') : wrong(differences.join('; '), mend);
}

function difference(what: string, present: string | number | undefined, wanted: string | number | undefined): string[] {
  return present === wanted ? [] : [`its ${what} is ${present ?? 'not set'}, not ${wanted ?? 'unset'}`];
}
