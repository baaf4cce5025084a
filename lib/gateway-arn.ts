import type { Stack } from 'aws-cdk-lib';

/** For IAM, something of API Gateway's control plane. There is no account in such ARNs. @param path `/restapis/ID/stages/*` */
export const gatewayArn = ({ partition, region }: Stack, path: string): string =>
  `arn:${partition}:apigateway:${region}::${path}`;
