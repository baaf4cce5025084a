"""In-process patches for the gaps of MiniStack 1.5.33 that matter to Headgate: one module for each, named after it.

MiniStack's files are not changed. Each module's docstring says what AWS does, what MiniStack does instead, and where
the patch is still not AWS. Their order does not matter, except where a docstring says so.
"""

import patching

from . import (
    access_logs,
    alarm_evaluation,
    alarm_events,
    composite_alarms,
    custom_resource_rollback,
    emf_metrics,
    http_control_plane,
    http_deployment_snapshot,
    http_export,
    http_lambda_permission,
    http_response_mapping,
    http_source_address,
    lambda_actions,
    log_analysis_resources,
    log_filter_patterns,
    log_metric_filters,
    math_alarms,
    parameter_paths,
    rest_absent_members,
    rest_api_key_source,
    rest_authorizer_context,
    rest_deployment_snapshot,
    rest_embed,
    rest_key_identity,
    rest_lambda_permission,
    rest_missing_calls,
    rest_patch_operations,
    rest_refusals,
    rest_usage_plan_keys,
    rest_usage_plan_stages,
    secure_transport,
    silent_handler_wait,
    table_settings,
)

PATCHES = (
    silent_handler_wait,
    secure_transport,
    custom_resource_rollback,
    rest_absent_members,
    rest_authorizer_context,
    rest_api_key_source,
    rest_key_identity,
    rest_deployment_snapshot,
    rest_embed,
    rest_missing_calls,
    rest_patch_operations,
    rest_usage_plan_stages,
    rest_usage_plan_keys,
    rest_refusals,
    rest_lambda_permission,
    http_source_address,
    http_response_mapping,
    http_deployment_snapshot,
    http_export,
    http_control_plane,
    http_lambda_permission,
    emf_metrics,
    alarm_evaluation,
    math_alarms,
    composite_alarms,
    alarm_events,
    access_logs,
    log_filter_patterns,
    log_metric_filters,
    log_analysis_resources,
    table_settings,
    lambda_actions,
    parameter_paths,
)


def apply_all():
    patching.check_version()
    for patch in PATCHES:
        patch.apply()
