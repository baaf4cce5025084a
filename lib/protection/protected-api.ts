import type { Construct } from 'constructs';
import type { ApiWithoutStage, DoctorApi } from '../../lambda/doctor/subjects.ts';

/** An API that a gate has an authorizer on. */
export interface ProtectedApi extends Construct {
  /** The routes that Headgate decides on, as `unmatchedRoutes` takes them; `undefined`: one that only deployment knows. */
  routes(): readonly (string | undefined)[];
  /** What the doctor has to know of it; `stage` is known when the template is written. */
  examined(): DoctorApi | ApiWithoutStage;
}
