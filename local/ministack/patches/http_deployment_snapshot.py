"""HTTP APIs: a stage without AutoDeploy serves the snapshot that its deployment took, and nothing before the first.

MiniStack serves the API as it is, whatever the stage says, does not let CreateDeployment move the stage, and has no
AWS::ApiGatewayV2::Deployment. AWS refuses to set a deployment on a stage with AutoDeploy (400). Model, not AWS: a stage
with AutoDeploy has no deployment id here, and a snapshot is lost when the process ends.
"""

import json

from ministack.services import apigateway as http
from ministack.services.cloudformation import provisioners
from patching import original, replace
from stage_snapshot import StageSnapshots

RESOURCE = "AWS::ApiGatewayV2::Deployment"

snapshots = StageSnapshots(http, ("_routes", "_integrations", "_authorizers"))


def deploys_itself(stage):
    # A template may say it as a string.
    return str(stage.get("autoDeploy")).lower() == "true"


def create(create_deployment):
    def create_and_move_stage(api_id, data):
        name = data.get("stageName")
        stage = http._stages.get(api_id, {}).get(name)
        if name and stage is None:
            return http._apigw_error("NotFoundException", "Invalid stage identifier specified", 404)
        if stage and deploys_itself(stage):
            message = f"Deployment ID cannot be set on this stage {name} because AutoDeploy is enabled."
            return http._apigw_error("BadRequestException", message, 400)
        response = create_deployment(api_id, data)
        if response[0] == 201:
            deployment_id = json.loads(response[2])["deploymentId"]
            snapshots.take(api_id, deployment_id)
            if stage:
                stage["deploymentId"] = deployment_id
        return response

    return create_and_move_stage


def update_stage(update):
    def update_unless_automatic(api_id, stage_name, data):
        stage = http._stages.get(api_id, {}).get(stage_name)
        if stage and data.get("deploymentId") and deploys_itself({**stage, **data}):
            message = f"Deployment ID cannot be set on this stage {stage_name} because AutoDeploy is enabled."
            return http._apigw_error("BadRequestException", message, 400)
        return update(api_id, stage_name, data)

    return update_unless_automatic


def serve(execute):
    async def execute_from_snapshot(api_id, stage_name, *args):
        stage = http._stages.get(api_id, {}).get(stage_name)
        protocol = (http._apis.get(api_id) or {}).get("protocolType")
        if stage is None or deploys_itself(stage) or protocol != "HTTP":
            return await execute(api_id, stage_name, *args)
        snapshot = snapshots.of(api_id, stage.get("deploymentId"))
        if snapshot is None:
            return http._http_api_not_found()
        with snapshots.serving(snapshot):
            return await execute(api_id, stage_name, *args)

    return execute_from_snapshot


def from_template(_logical_id, props, _stack_name):
    data = {"description": props.get("Description", ""), "stageName": props.get("StageName")}
    status, _headers, body = http._create_deployment(props.get("ApiId", ""), data)
    if status >= 400:
        raise ValueError(f"{RESOURCE} create failed: {body!r}")
    deployment_id = json.loads(body)["deploymentId"]
    return deployment_id, {"DeploymentId": deployment_id}


def apply():
    for name in ("_apis", "_stages", "_apigw_error", "_http_api_not_found"):
        original(http, name)
    snapshots.install()
    replace(http, "_create_deployment", create)
    replace(http, "_update_stage", update_stage)
    replace(http, "_handle_execute_in_scope", serve)
    handlers = original(provisioners, "_RESOURCE_HANDLERS")
    handlers[RESOURCE] = {
        "create": from_template,
        "delete": lambda physical_id, props: http._delete_deployment(props.get("ApiId", ""), physical_id),
    }
