import type { AttachTarget } from '../attach/model.ts';

/** Environment variables of the doctor, set by `lib/` and read by `lambda/`. */
export const DOCTOR_ENVIRONMENT = {
  countersTable: 'HEADGATE_COUNTERS_TABLE',
  registryTable: 'HEADGATE_REGISTRY_TABLE',
  gate: 'HEADGATE_GATE',
  /** `DoctorSubjects` as JSON. */
  subjects: 'HEADGATE_DOCTOR_SUBJECTS',
} as const;

/** The prefix of the items that the store contract writes into the counters table: the doctor may write no others. */
export const SCRATCH_PREFIX = 'contract:';
/** The metric that the alarm watches: how many findings are not ok. */
export const DOCTOR_METRIC = 'DoctorProblems';

/** An API that the gate stands before. */
export interface DoctorApi extends Omit<AttachTarget, 'functionArn' | 'gate'> {
  /** Attached to, and so with records; else an API of the same app. */
  readonly attached: boolean;
}

/** A usage plan as it was deployed. */
export interface DoctorPlan {
  readonly name: string;
  readonly rateLimit?: number;
  readonly burstLimit?: number;
  readonly quota?: { readonly limit: number; readonly period: string };
  /** `API:STAGE` each. */
  readonly stages: readonly string[];
}

/** What a gate consists of, apart from its tables. */
export interface DoctorSubjects {
  /** ARN of the authorizer function. */
  readonly functionArn: string;
  readonly apis: readonly DoctorApi[];
  readonly plans: readonly DoctorPlan[];
}
