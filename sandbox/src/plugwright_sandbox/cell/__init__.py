"""A process behind walls, for whichever engine runs in it.

On the host's side: `zygote` starts the process that forks workers, `processes` says
what a worker is to the host, `trial` tells which walls this machine has. Inside:
`forking` makes a worker, and `walls` raises what stands around it, with `seccomp` and
`rlimits` for the two largest; `syscalls` is the way to the kernel.

Whatever engine is in there has been asked for by name: nothing here knows one.
"""
