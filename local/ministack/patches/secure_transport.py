"""With IAM enforced, `cdk deploy` cannot write its assets over plain http.

The bootstrap bucket's policy denies requests without TLS (aws:SecureTransport), as it should. The local AWS has no
TLS, so every request is said to have come with it. Model, not AWS: a policy that tests aws:SecureTransport proves
nothing here.
"""

from ministack import app
from patching import replace


def apply():
    replace(app, "pin_request_origin", lambda pin: lambda source_ip, _secure: pin(source_ip, True))
