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
  readonly #queries: CfnQueryDefinition[] = [];
  readonly #logGroups: string[];

  constructor(scope: Construct, id: string, { gateName, logGroup }: SavedQueriesProps) {
    super(scope, id);
    this.#logGroups = [logGroup.logGroupName];
    for (const [name, queryString] of Object.entries(QUERIES)) {
      const query = new CfnQueryDefinition(this, name.replaceAll(' ', '-'), {
        name: `headgate/${gateName}/${name}`,
        logGroupNames: this.#logGroups,
        queryString,
      });
      this.#queries.push(query);
    }
  }

  /** Looks in another log too. */
  alsoRead(logGroupName: string): void {
    if (this.#logGroups.includes(logGroupName)) return;
    this.#logGroups.push(logGroupName);
    for (const query of this.#queries) query.logGroupNames = this.#logGroups;
  }
}
