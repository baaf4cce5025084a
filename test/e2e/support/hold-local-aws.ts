// Starts a local AWS, prints what the test needs to know about it, and holds it until it is killed.
import { startLocalAws } from '../../../local/local-aws.ts';

const aws = await startLocalAws();
console.log(JSON.stringify({ endpoint: aws.endpoint, folder: aws.folder, pid: aws.pid }));
setInterval(() => {}, 60_000);
