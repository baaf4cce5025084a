import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { QUERIES } from '../../lambda/report/queries.ts';

export interface SavedQueriesProps {
  readonly gateName: string;
  /** The authorizer's. */
  readonly logGroup: ILogGroup;
}

/** Queries over the rejection log, saved in Logs Insights in the folder `headgate/<gate>`. They cost nothing until run. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { gateName, logGroup }: SavedQueriesProps) {
    super(scope, id);
    for (const [name, queryString] of Object.entries(QUERIES)) {
      new CfnQueryDefinition(this, name.replaceAll(' ', '-'), {
        name: `headgate/${gateName}/${name}`,
        logGroupNames: [logGroup.logGroupName],
        queryString,
      });
    }
  }
}
