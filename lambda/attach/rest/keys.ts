import type { RestMethod } from './rest-state.ts';

const METHOD = 'method ';
const RESPONSE = 'gateway-response ';

/** By path and not by the resource's id, which a re-import of the API changes. */
export const methodKey = ({ route }: Pick<RestMethod, 'route'>): string => `${METHOD}${route}`;
export const responseKey = (type: string): string => `${RESPONSE}${type}`;

export const routeOfKey = (key: string): string | undefined =>
  key.startsWith(METHOD) ? key.slice(METHOD.length) : undefined;
export const responseOfKey = (key: string): string | undefined =>
  key.startsWith(RESPONSE) ? key.slice(RESPONSE.length) : undefined;
