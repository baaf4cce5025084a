import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/**
 * A topic that alarms can reach. CloudWatch cannot publish to one that is encrypted with the default key of SNS, so it
 * has a key of its own, whose policy lets CloudWatch, for this account's alarms, encrypt.
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;
  readonly key: Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const cloudwatch = new ServicePrincipal('cloudwatch.amazonaws.com');
    const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    this.key = new Key(this, 'Key', {
      description: 'Headgate alarm messages',
      enableKeyRotation: true,
      // A message is delivered at once: nothing that is kept needs the key.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsEncrypt',
        principals: [cloudwatch],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        // In a key's policy: this key.
        resources: ['*'],
        conditions,
      }),
    );
    this.topic = new Topic(this, 'Topic', { displayName: 'Headgate alarms', masterKey: this.key, enforceSSL: true });
    // A topic policy of one's own replaces the default one, by which alarms of the account may publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublish',
        principals: [cloudwatch],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions,
      }),
    );
  }
}
