"""Runs the cases of a framework: a line of JSON on stdin is a request, a line on stdout its result or error."""

import asyncio
import json
import sys


def serve(cases):
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"result": asyncio.run(cases[request["case"]](request))}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
