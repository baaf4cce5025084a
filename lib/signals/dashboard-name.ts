import { Aws, Fn, Token } from 'aws-cdk-lib';

/**
 * The name of a gate's dashboard. The region is in it because an account's dashboards are not apart by region: the same
 * stack in two regions would write one.
 */
export function dashboardName(gateName: string): string {
  // A dashboard's name takes letters, digits, `-` and `_`; a gate's takes dots too.
  const name = Token.isUnresolved(gateName) ? Fn.join('-', Fn.split('.', gateName)) : gateName.replaceAll('.', '-');
  return `${name}-${Aws.REGION}`;
}
