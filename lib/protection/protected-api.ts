/** An API that a gate has an authorizer on. */
export interface ProtectedApi {
  /** The routes that Headgate decides on, as `unmatchedRoutes` takes them; `undefined`: one that only deployment knows. */
  routes(): readonly (string | undefined)[];
}
