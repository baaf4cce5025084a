import { LOCAL_REGION } from './environment.ts';

/** What an AWS SDK client needs to talk to the local AWS, whatever this process's environment holds. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** @param endpoint for example `http://127.0.0.1:4566` */
export function clientConfig(endpoint: string): ClientConfig {
  return { endpoint, region: LOCAL_REGION, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
}
