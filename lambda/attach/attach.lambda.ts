// The custom resource that attaches a gate to an API of another stack: `onEvent` and `isComplete` of one bundle.
import { setTimeout } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { MissingEnvironmentError } from '../authorizer/authorizer-error.ts';
import { createControlPlane } from './control-plane.ts';
import { type AttachmentEvent, createCustomResource } from './custom-resource.ts';
import { checkExpectedRoutes } from './expected-routes.ts';
import { ATTACH_ENVIRONMENT, ATTACH_TIMES } from './resource.ts';
import { routesOf } from './routes-of.ts';
import { runAttachment } from './run.ts';

const registryTable = process.env[ATTACH_ENVIRONMENT.registryTable];
const logger = new Logger({ serviceName: 'headgate-attach' });
const clock = () => Date.now();
// Its permissions are made right before it runs.
const plane = createControlPlane({ clock, sleep: setTimeout, random: Math.random, deniedAttempts: 6 });
// Retries are the control plane's: they know the rates.
const clients = { rest: new APIGatewayClient({ maxAttempts: 1 }), http: new ApiGatewayV2Client({ maxAttempts: 1 }) };
const dynamodb = new DynamoDBClient({});

function resourceFor(context: Context) {
  return createCustomResource({
    run: async (verb, target, expected) => {
      if (!registryTable) throw new MissingEnvironmentError(ATTACH_ENVIRONMENT.registryTable);
      const hasTime = () => context.getRemainingTimeInMillis() > ATTACH_TIMES.reserveMs;
      if (verb === 'attach') await checkExpectedRoutes(expected, (api) => routesOf(clients, plane, api));
      return runAttachment({ clients, plane, dynamodb, registryTable, clock, hasTime }, verb, target);
    },
    log: (what, details) => logger.info(what, details),
  });
}

export const onEvent = (event: AttachmentEvent, context: Context) => resourceFor(context).onEvent(event);
export const isComplete = (event: AttachmentEvent, context: Context) => resourceFor(context).isComplete(event);
