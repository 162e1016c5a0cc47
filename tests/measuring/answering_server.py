"""A server on loopback that answers at once, as OpenAI's API does; prints its port."""

from __future__ import annotations

import json
import socket
import sys
import threading


def whole() -> bytes:
    """An answer in one piece."""
    message = {"role": "assistant", "content": "hello"}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    body = json.dumps({"model": "m", "choices": [choice], "usage": usage}).encode()
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def streamed(tokens: int) -> bytes:
    """An answer in so many pieces."""
    said = {"index": 0, "delta": {"content": "tok "}, "finish_reason": None}
    end = {"index": 0, "delta": {}, "finish_reason": "stop"}
    events = [*[{"model": "m", "choices": [said]}] * tokens, {"choices": [end]}]
    body = b"".join(b"data: %s\n\n" % json.dumps(each).encode() for each in events)
    body += b"data: [DONE]\n\n"
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    head += "Transfer-Encoding: chunked\r\n\r\n"
    return head.encode() + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def main() -> None:
    """Answer until somebody ends it."""
    once, few, many = whole(), streamed(3), streamed(int(sys.argv[1]))

    def serve(sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        text = b""
        while True:
            while b"\r\n\r\n" not in text:
                if not (more := sock.recv(1 << 16)):
                    return
                text += more
            head, _, body = text.partition(b"\r\n\r\n")
            lengths = [
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length:")
            ]
            while len(body) < lengths[0]:
                body += sock.recv(1 << 16)
            body, text = body[: lengths[0]], body[lengths[0] :]
            is_streamed = b'"stream":true' in body
            sock.sendall((many if b'"many"' in body else few) if is_streamed else once)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        while True:
            sock, _ = listening.accept()
            threading.Thread(target=serve, args=(sock,), daemon=True).start()


if __name__ == "__main__":
    main()
