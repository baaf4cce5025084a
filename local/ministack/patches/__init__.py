"""In-process patches for the gaps of MiniStack 1.5.33 that matter to Headgate: one module for each, named after it.

MiniStack's files are not changed. Each module's docstring says what AWS does, what MiniStack does instead, and where
the patch is still not AWS. Their order does not matter, except where a docstring says so.
"""

import patching

from . import (
    access_logs,
    alarm_evaluation,
    emf_metrics,
    http_lambda_permission,
    http_response_mapping,
    http_source_address,
    math_alarms,
    rest_api_key_source,
    rest_authorizer_context,
    rest_deployment_snapshot,
    rest_lambda_permission,
    secure_transport,
    silent_handler_wait,
)

PATCHES = (
    silent_handler_wait,
    secure_transport,
    rest_authorizer_context,
    rest_api_key_source,
    rest_deployment_snapshot,
    rest_lambda_permission,
    http_source_address,
    http_response_mapping,
    http_lambda_permission,
    emf_metrics,
    alarm_evaluation,
    math_alarms,
    access_logs,
)


def apply_all():
    patching.check_version()
    for patch in PATCHES:
        patch.apply()
