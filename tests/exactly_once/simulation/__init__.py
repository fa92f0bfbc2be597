"""Jetplan's own code under a scheduler that decides everything: time, interleaving, deaths, the network, the disk.

scheduler   virtual time and tasks; one task runs at a time, and a seed decides which is next
threading_  the standard library's threads, locks and clocks, on that scheduler
jet         a model of the server, with the truth about what it accepted
client      a process's way to the server, each step of which may be its last
doors       its way to the ledger, likewise
manifests   what people declare, and how they edit it
world       all of these, what can be done there, and what must hold when it is done
schedules   one schedule from its seed
campaign    many schedules
mutants     broken builds that a campaign must catch
"""
