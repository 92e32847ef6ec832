"""A mail server that keeps what it takes and refuses by the name of the recipient.

Arguments: mode (starttls, tls or plain), certificate, key. Prints its port, and then one JSON line
for each message.
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

REPLIES = {
    "gone": "550 5.1.1 <gone@example.org>: no such user; your code 042719 was not taken",
    "full": "452 4.2.2 mailbox full, try again later",
    "syntax": "501 5.5.4 what is that",
}


class Keeper:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "hang":
            await asyncio.sleep(3600)
        if name in REPLIES:
            return REPLIES[name]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        kept = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None or MODE == "tls",
            "user": session.auth_data.decode() if session.auth_data else None,
            "peer": session.peer[1],
            "content": envelope.content.decode("utf-8"),
        }
        print(json.dumps(kept), flush=True)
        if envelope.rcpt_tos[0].startswith("lost@"):
            server.transport.abort()
        return "250 2.0.0 taken"


def authenticate(server, session, envelope, mechanism, data):
    right = (data.login, data.password) == (b"otp", b"hunter2")
    return AuthResult(success=right, handled=right, auth_data=data.login)


MODE, CERTIFICATE, KEY = sys.argv[1:4]


async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE, KEY)

    def factory():
        secured = MODE != "plain"
        return SMTP(
            Keeper(),
            hostname="localhost",
            tls_context=context if MODE == "starttls" else None,
            require_starttls=MODE == "starttls",
            auth_required=secured,
            auth_require_tls=MODE == "starttls",
            authenticator=authenticate if secured else None,
        )

    server = await asyncio.get_running_loop().create_server(
        factory, "127.0.0.1", 0, ssl=context if MODE == "tls" else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
