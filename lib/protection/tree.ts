import { CfnResource, Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The tree that is synthesised together with `construct`: aspects and searches do not cross a Stage. */
export function assemblyRoot(construct: IConstruct): IConstruct {
  return Stage.of(construct) ?? construct.node.root;
}

/** All resources of a CloudFormation type in the same assembly, in the order in which they were made. */
export function resourcesOfType(construct: IConstruct, type: string): CfnResource[] {
  return assemblyRoot(construct)
    .node.findAll()
    .filter((node): node is CfnResource => CfnResource.isCfnResource(node) && node.cfnResourceType === type);
}
