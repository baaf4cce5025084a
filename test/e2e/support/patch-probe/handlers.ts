/** The functions' code as CommonJS text: they are so small that a file and a bundle each would hide them. */

/**
 * Denies who sends `x-deny`. Counts as a metric what it did, in the embedded metric format, under the dimension Gate=probe.
 * Takes the usage plan's key from `x-plan-key`.
 */
export const AUTHORIZER = `
exports.handler = async (event) => {
  const denied = event.headers['x-deny'] === '1';
  const name = denied ? 'Limited' : 'Allowed';
  const directive = { Namespace: 'Probe', Dimensions: [['Gate']], Metrics: [{ Name: name, Unit: 'Count' }] };
  console.log(JSON.stringify({ _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] }, Gate: 'probe', [name]: 1 }));
  const context = { limit: '20', retryAfter: '7', detail: 'too many' };
  if (event.version === '2.0') return { isAuthorized: !denied, context };
  const statement = { Action: 'execute-api:Invoke', Effect: denied ? 'Deny' : 'Allow', Resource: event.methodArn };
  return {
    principalId: 'probe',
    policyDocument: { Version: '2012-10-17', Statement: [statement] },
    context,
    usageIdentifierKey: event.headers['x-plan-key'],
  };
};`;

/** Says what it saw, and what DynamoDB answered to a write that its role does not allow. */
export const BACKEND = `
const { DynamoDBClient, UpdateItemCommand } = require('@aws-sdk/client-dynamodb');
const client = new DynamoDBClient({});
exports.handler = async (event) => {
  const write = new UpdateItemCommand({ TableName: process.env.TABLE, Key: { id: { S: 'x' } } });
  const refused = event.headers['x-write'] ? await client.send(write).then(() => 'written', (e) => e.name) : undefined;
  const sourceIp = event.requestContext.http?.sourceIp ?? event.requestContext.identity?.sourceIp;
  const keyId = event.requestContext.identity?.apiKeyId;
  const environment = Object.keys(process.env);
  return { statusCode: 200, body: JSON.stringify({ sourceIp, keyId, refused, node: process.version, environment }) };
};`;
