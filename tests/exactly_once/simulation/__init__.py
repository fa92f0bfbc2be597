"""Jetplan's own code under a scheduler that decides everything: time, interleaving, deaths, the network, the disk.

scheduler   virtual time and tasks; one task runs at a time, and a seed decides which is next
threading_  the standard library's threads, locks and clocks, on that scheduler
jet         a model of the server, with the truth about what it accepted
doors       a process's ways out: the ledger and the server, each step of which may be its last
manifests   what people declare, and how they edit it
world       one schedule: runs, faults, deaths and people, then peace; and what must hold of all of it
campaign    many schedules
mutants     broken builds that a campaign must catch
"""
