// node main.ts            with a region and credentials in the environment
// ENDPOINT=http://127.0.0.1:8000 node main.ts     with a local DynamoDB
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
// In your project: from 'headgate/policy' and 'headgate/limiter'.
import { policyFromFile } from '../../lambda/policy/index.ts';
import { createLimiter } from '../../lambda/standalone/index.ts';
import { createTable } from './create-table.ts';
import { mailServer } from './mail-server.ts';

const { ENDPOINT, TABLE = 'counters', PORT = '8080' } = process.env;

const client = new DynamoDBClient(ENDPOINT ? { endpoint: ENDPOINT } : {});
if (ENDPOINT) await createTable(client, TABLE);
const policy = policyFromFile(path.join(import.meta.dirname, 'headgate.yaml'));
const server = mailServer(createLimiter({ policy, table: TABLE, client }));
server.listen(Number(PORT), () => console.log(JSON.stringify(server.address())));
