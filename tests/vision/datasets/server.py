"""A server on this machine that behaves as badly as it is told to."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server:
    """Gives files by name; keeps what it was asked for.

    Attributes:
        files: {path: bytes}.
        manners: {path: one of the words below}; a path is otherwise served as it is,
            ranges too.
        asked: list of (path, the Range header or None).
    """

    # refuse   answers 403
    # whole    does not know ranges
    # cut      says the whole length, and ends half way (the first time)
    # hang     never answers until the server is closed

    def __init__(self):
        self.files, self.manners, self.asked = {}, {}, []
        self.closing = threading.Event()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.http.daemon_threads = True
        serve = threading.Thread(target=self.http.serve_forever, args=(0.01,))
        serve.daemon = True
        serve.start()
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"

    def close(self):
        self.closing.set()
        self.http.shutdown()
        self.http.server_close()

    def _handler(server):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server._answer(self)

            def log_message(self, *args):
                pass

        return Handler

    def _answer(self, request):
        path, wanted = request.path, request.headers.get("Range")
        self.asked.append((path, wanted))
        manner = self.manners.get(path)
        if manner == "hang":
            self.closing.wait()
            return
        if manner == "refuse" or path not in self.files:
            request.send_error(403 if manner else 404)
            return
        content, start = self.files[path], 0
        if wanted and manner != "whole":
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                request.send_error(416)
                return
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(content) - start))
        request.end_headers()
        if manner == "cut":
            del self.manners[path]
            content = content[: (start + len(content)) // 2]
        request.wfile.write(content[start:])
