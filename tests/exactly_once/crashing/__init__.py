"""Real applies, killed by the kernel at chosen system calls, or given a broken disk, against a server that counts.

server     a stand-in for Jet that shares no code with jetplan, and keeps count of what it accepted
zygote     a process that has imported jetplan once and forks a child for each command line
stable     the zygote's other end, and strace
kills      one scene: a project, a killed apply, and the applies after it until everything is settled
"""
