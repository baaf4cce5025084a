"""REST APIs: a stage serves and exports the snapshot that its deployment took.

On AWS a changed method or authorizer is live only after a new deployment, and a stage that is put back to an older
deployment serves that one again; MiniStack serves the API as it is now, which hides a template whose Deployment does
not change together with its methods. With all extensions AWS exports the gateway responses as well, MiniStack does
not. Model, not AWS: a snapshot is lost when the process ends, and a stage without one serves the API as it is.
"""

import json

from ministack.services import apigateway_v1 as rest
from patching import original, replace
from stage_snapshot import StageSnapshots

snapshots = StageSnapshots(rest, ("_resources", "_authorizers_v1"))


def of_stage(api_id, stage_name):
    stage = rest._stages_v1.get(api_id, {}).get(stage_name) or {}
    return snapshots.of(api_id, stage.get("deploymentId"))


def take(create):
    def create_and_take(api_id, data):
        response = create(api_id, data)
        if response[0] == 201:
            snapshots.take(api_id, json.loads(response[2])["id"])
        return response

    return create_and_take


def serve(execute):
    async def execute_from_snapshot(api_id, stage_name, *args):
        with snapshots.serving(of_stage(api_id, stage_name)):
            return await execute(api_id, stage_name, *args)

    return execute_from_snapshot


def export(build):
    def build_from_snapshot(api_id, stage_name, export_type, integrations, authorizers):
        with snapshots.serving(of_stage(api_id, stage_name)):
            document = build(api_id, stage_name, export_type, integrations, authorizers)
        responses = deployed_responses(api_id, stage_name)
        if integrations and authorizers and responses:
            document["x-amazon-apigateway-gateway-responses"] = responses
        return document

    return build_from_snapshot


def deployed_responses(api_id, stage_name):
    stage = rest._stages_v1.get(api_id, {}).get(stage_name) or {}
    deployed = rest._deployed_gateway_responses.get(api_id, {}).get(stage.get("deploymentId")) or {}
    members = ("statusCode", "responseParameters", "responseTemplates")
    return {
        name: {member: response[member] for member in members if response.get(member)}
        for name, response in deployed.items()
    }


def apply():
    original(rest, "_stages_v1")
    original(rest, "_deployed_gateway_responses")
    snapshots.install()
    replace(rest, "_create_deployment", take)
    replace(rest, "_handle_execute_in_scope", serve)
    replace(rest, "_build_api_export", export)
