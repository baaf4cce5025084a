import { Lazy, Stack } from 'aws-cdk-lib';
import { CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Receivers } from '../../lambda/policy/alarms.ts';

/** Subscribes the e-mail addresses and the addresses to post to. */
export function subscribe(topic: ITopic, { email, https }: Receivers): void {
  for (const address of email) topic.addSubscription(new EmailSubscription(address));
  for (const url of https) topic.addSubscription(new UrlSubscription(url, { protocol: SubscriptionProtocol.HTTPS }));
}

/**
 * The Slack channels, through Amazon Q Developer in chat applications, which shows alarms as cards. A channel can be set up
 * once: where pages and tickets go to the same, it listens to both topics.
 */
export class SlackChannels extends Construct {
  readonly #topics = new Map<string, ITopic[]>();

  add({ slack }: Receivers, topic: ITopic): void {
    if (slack === undefined) return;
    const { workspace, channel } = slack;
    const topics = this.#topics.get(channel);
    if (topics) {
      topics.push(topic);
      return;
    }
    const listened = [topic];
    this.#topics.set(channel, listened);
    const role = new Role(this, `Role${channel}`, {
      // Messages are shown without it. It may do nothing, so that nobody in the channel can either.
      description: 'Headgate alarms in Slack: no permissions',
      assumedBy: new ServicePrincipal('chatbot.amazonaws.com'),
    });
    new CfnSlackChannelConfiguration(this, channel, {
      configurationName: `${Stack.of(this).stackName}-headgate-${channel}`,
      slackWorkspaceId: workspace,
      slackChannelId: channel,
      iamRoleArn: role.roleArn,
      // Absent, the guard rail would be AdministratorAccess.
      guardrailPolicies: [`arn:${Stack.of(this).partition}:iam::aws:policy/AWSDenyAll`],
      snsTopicArns: Lazy.list({ produce: () => [...new Set(listened.map(({ topicArn }) => topicArn))] }),
    });
  }
}
