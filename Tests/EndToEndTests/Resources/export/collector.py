"""A syslog collector for tests: RFC 6587 octet counting, in the clear or by TLS, with the faults of real ones.

collector.py OUT [--port P] [--certificate FILE --key FILE] [--close-after N] [--never-read] [--half-close] [--chatter]

Prints its port. Writes one JSON line to OUT for each whole message: connection (from 1), message; and one for each end of a
connection: connection, end (the bytes of an unfinished frame). Ends with its standard input.
"""
import argparse
import json
import socket
import ssl
import sys
import threading

from formats import frames

options = argparse.ArgumentParser()
options.add_argument("out")
options.add_argument("--port", type=int, default=0)
options.add_argument("--certificate")
options.add_argument("--key")
options.add_argument("--close-after", type=int, help="messages of the first connection, which is then broken off")
options.add_argument("--never-read", action="store_true")
options.add_argument("--half-close", action="store_true", help="ends its own direction at once, and reads on")
options.add_argument("--chatter", action="store_true", help="sends data without end")
arguments = options.parse_args()

out = open(arguments.out, "a", encoding="utf-8", buffering=1)
lock = threading.Lock()


def note(**fields):
    with lock:
        out.write(json.dumps(fields) + "\n")


def serve(connection, number):
    try:
        if arguments.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(arguments.certificate, arguments.key)
            connection = context.wrap_socket(connection, server_side=True)
        note(connection=number, begin=True)
        if arguments.never_read:
            return threading.Event().wait()
        if arguments.half_close:
            connection.shutdown(socket.SHUT_WR)
        if arguments.chatter:
            while True:
                connection.sendall(b"x" * 65536)
        left, count = b"", 0
        while data := connection.recv(65536 if arguments.close_after is None else 512):
            messages, left = frames(left + data)
            for message in messages:
                count += 1
                note(connection=number, message=message.decode("utf-8"))
                if number == 1 and count == arguments.close_after:
                    return
        note(connection=number, end=len(left))
    except OSError as error:
        note(connection=number, error=str(error))
    finally:
        connection.close()


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if arguments.never_read or arguments.close_after is not None:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
listener.bind(("127.0.0.1", arguments.port))
listener.listen()
print(listener.getsockname()[1], flush=True)


def accept():
    number = 0
    while True:
        connection, _ = listener.accept()
        number += 1
        threading.Thread(target=serve, args=(connection, number), daemon=True).start()


threading.Thread(target=accept, daemon=True).start()
sys.stdin.read()
