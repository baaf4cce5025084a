import { Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';

/** Named here because the oldest supported aws-cdk-lib does not name it yet. */
export const NODE_24 = new Runtime('nodejs24.x', RuntimeFamily.NODEJS);
