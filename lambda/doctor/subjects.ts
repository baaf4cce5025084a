import type { AttachmentTarget, AttachTarget } from '../attach/model.ts';

/** Environment variables of the doctor, set by `lib/` and read by `lambda/`. */
export const DOCTOR_ENVIRONMENT = {
  countersTable: 'HEADGATE_COUNTERS_TABLE',
  registryTable: 'HEADGATE_REGISTRY_TABLE',
  gate: 'HEADGATE_GATE',
  /** ARN of the authorizer function. */
  functionArn: 'HEADGATE_AUTHORIZER_ARN',
} as const;

/** The prefix of the items that the store contract writes into the counters table: the doctor may write no others. */
export const SCRATCH_PREFIX = 'contract:';
/** The metric that the alarm watches: how many findings are not ok. */
export const DOCTOR_METRIC = 'DoctorProblems';

/**
 * Below this path of the SSM parameter store lies one parameter for each thing that a gate's doctor examines. The stack that
 * made the thing made the parameter, and takes it away with the thing. No slash at the end: IAM compares it as it is asked.
 */
export const subjectsPath = (gate: string): string => `/headgate/${gate}/doctor`;

/** Characters that the value of a parameter can have. */
export const MOST_CHARACTERS = 4096;

/** An API whose stages are not the app's: it is known, and not examined. */
export interface ApiWithoutStage extends Pick<AttachTarget, 'kind' | 'apiId'> {
  readonly stage?: undefined;
}

/** An API that the gate stands before. */
export interface DoctorApi extends AttachmentTarget {
  /** Attached to, and so with records; else an API of the same app. */
  readonly attached: boolean;
}

/** A usage plan as it was deployed. */
export interface DoctorPlan {
  readonly id: string;
  /** Each stack with REST APIs has a plan of this name. */
  readonly name: string;
  readonly rateLimit?: number;
  readonly burstLimit?: number;
  readonly quota?: { readonly limit: number; readonly period: string };
  /** `API:STAGE` each. */
  readonly stages: readonly string[];
}

/** The value of a parameter, as JSON. */
export type DoctorSubject = { readonly api: DoctorApi | ApiWithoutStage } | { readonly plan: DoctorPlan };

/** What a gate stands before. */
export interface DoctorSubjects {
  readonly apis: readonly DoctorApi[];
  readonly withoutStage: readonly ApiWithoutStage[];
  readonly plans: readonly DoctorPlan[];
  /** Names of parameters whose value is none of these. */
  readonly unreadable: readonly string[];
}
