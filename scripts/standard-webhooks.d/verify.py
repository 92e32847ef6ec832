"""What the public library of Standard Webhooks says of webhooks: one JSON object a line in, one word a line out.

In: {"secret": "whsec_..", "now": 1800000000, "headers": {"webhook-id": ".."}, "body": ".."}. Out: `accepted`, or
`refused: ` and why. A secret that begins with `raw:` is handed to the library as bytes. The library's clock is set to
`now`; nothing else of it is touched.
"""

import json
import sys
from datetime import datetime

import standardwebhooks.webhooks as library


class Clock(datetime):
    at = 0

    @classmethod
    def now(cls, tz=None):
        return datetime.fromtimestamp(cls.at, tz)


library.datetime = Clock
for line in sys.stdin:
    webhook = json.loads(line)
    Clock.at = webhook["now"]
    secret = webhook["secret"]
    if secret.startswith("raw:"):
        secret = secret[4:].encode()
    try:
        library.Webhook(secret).verify(webhook["body"], webhook["headers"])
        print("accepted", flush=True)
    except library.WebhookVerificationError as error:
        print(f"refused: {error}", flush=True)
