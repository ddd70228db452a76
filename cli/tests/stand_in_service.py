"""A service that only says what it was told, at /; and ready, at /health/ready."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLD = ("DATABASE_URL", "KAFKA_BOOTSTRAP", "PUBLIC_URL", "SIGNING_SECRET", "CINEMA_HOME")


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        facts = {name: os.environ[name] for name in TOLD} | {"pid": os.getpid()}
        self.send_response(200 if self.path in ("/", "/health/ready") else 404)
        self.end_headers()
        self.wfile.write(json.dumps(facts).encode())

    def log_message(self, *_: object) -> None:
        pass


ThreadingHTTPServer(("127.0.0.1", int(os.environ["HTTP_PORT"])), Answer).serve_forever()
