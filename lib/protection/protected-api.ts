import type { DoctorApi } from '../../lambda/doctor/subjects.ts';

/** An API that a gate has an authorizer on. */
export interface ProtectedApi {
  /** The routes that Headgate decides on, as `unmatchedRoutes` takes them; `undefined`: one that only deployment knows. */
  routes(): readonly (string | undefined)[];
  /** What the doctor has to know of it; `undefined`: it has no stage that could be examined. */
  examined(): DoctorApi | undefined;
}
