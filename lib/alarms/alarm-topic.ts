import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface AlarmTopicProps {
  /** What e-mails have as their sender. @default 'Headgate alarms' */
  readonly displayName?: string;
  /** The key of another `AlarmTopic`. @default - a key of its own */
  readonly key?: IKey;
}

/**
 * A topic that alarms, and rules of EventBridge, can reach. CloudWatch cannot publish to one that is encrypted with the
 * default key of SNS, so it has a customer key, whose policy lets the two services encrypt for this account.
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;
  readonly key: IKey;

  constructor(scope: Construct, id: string, { key, displayName = 'Headgate alarms' }: AlarmTopicProps = {}) {
    super(scope, id);
    const principals = ['cloudwatch.amazonaws.com', 'events.amazonaws.com'].map((name) => new ServicePrincipal(name));
    const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    this.key = key ?? this.#newKey(principals, conditions);
    this.topic = new Topic(this, 'Topic', { displayName, masterKey: this.key, enforceSSL: true });
    // A topic policy of one's own replaces the default one, by which alarms of the account may publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublish',
        principals,
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions,
      }),
    );
  }

  #newKey(principals: ServicePrincipal[], conditions: Record<string, Record<string, string>>): Key {
    const key = new Key(this, 'Key', {
      description: 'Headgate alarm messages',
      enableKeyRotation: true,
      // A message is delivered at once: nothing that is kept needs the key.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsEncrypt',
        principals,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        // In a key's policy: this key.
        resources: ['*'],
        conditions,
      }),
    );
    return key;
  }
}
