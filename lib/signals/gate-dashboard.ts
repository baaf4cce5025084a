import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { dashboardName } from './dashboard-name.ts';
import { type DashboardParts, dashboardRows } from './dashboard-rows.ts';

/**
 * The page to open when paged, from top to bottom: is it us, who, which limit, is the limiter well, what does it cost. Each
 * row says what to look at and which command to run. CloudWatch charges by the month for it beyond an account's third.
 */
export class GateDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, parts: DashboardParts) {
    super(scope, id);
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: dashboardName(parts.gateName),
      start: '-PT3H',
      widgets: dashboardRows(this, parts),
    });
    const { region } = Stack.of(this);
    const console = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
    new CfnOutput(this, 'HeadgateDashboardUrl', {
      value: `${console}#dashboards/dashboard/${this.dashboard.dashboardName}`,
    });
  }
}
