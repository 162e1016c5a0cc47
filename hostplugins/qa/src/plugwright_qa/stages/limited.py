"""Runs a Python program under limits that it cannot lift again. A script, not a module.

`limited.py SECONDS MEMORY OUTPUT (-m MODULE | FILE) ARGUMENTS...`
"""

import runpy
import sys

try:
    import resource
except ImportError:  # not on Windows; there, whoever started this watches the clock
    resource = None  # type: ignore[assignment]

if __name__ == "__main__":
    seconds, memory, output = map(int, sys.argv[1:4])
    if resource is not None:
        limits = {
            resource.RLIMIT_CPU: seconds,
            resource.RLIMIT_AS: memory,
            resource.RLIMIT_FSIZE: output,
            resource.RLIMIT_CORE: 0,
        }
        for limit, value in limits.items():
            _, most = resource.getrlimit(limit)
            if most != resource.RLIM_INFINITY:
                value = min(value, most)
            resource.setrlimit(limit, (value, value))
    if sys.argv[4] == "-m":
        module = sys.argv[5]
        sys.argv = sys.argv[5:]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    else:
        sys.argv = sys.argv[4:]
        runpy.run_path(sys.argv[0], run_name="__main__")
