import { RemovalPolicy } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/**
 * The topic of the offender reports: apart from the alarms' so that a pager gets pages alone, and a chat the form that it
 * can show. Encrypted under a customer key.
 */
export class ReportTopic extends Construct {
  readonly topic: Topic;
  readonly key: IKey;

  /** @param key that of the alarms' topics; a key costs by the month. @default - a new one */
  constructor(scope: Construct, id: string, key?: IKey) {
    super(scope, id);
    this.key =
      key ??
      new Key(this, 'Key', {
        description: 'Headgate offender reports',
        enableKeyRotation: true,
        // A message is delivered at once: nothing that is kept needs the key.
        removalPolicy: RemovalPolicy.DESTROY,
      });
    this.topic = new Topic(this, 'Topic', { displayName: 'Headgate reports', masterKey: this.key, enforceSSL: true });
  }
}
