"""The use cases of jetplan, without a command line: typed arguments in, frozen results out, nothing printed.

project        the way in for Python programs: a project, and what can be done with it
configuration  `jetplan.yaml`, typed, with every problem at its place
settings       flags, environment and configuration joined
environment    what CI systems say in environment variables
initialising   a new project: ledger, jetplan.yaml, an example
diagnosis      whether everything is in place
opening        the pinned ledger, and a client for the account
manifests      manifests read, from the cache where nothing changed
planning       observe and plan; the exit code that a plan means
offline        plan against a revision in git
remembered     what `plan` told the last time
saved_plans    plans saved to files
approval       what was approved before an apply
applying       one apply, from observation to outcome
windows        which sets may not be sent now
waiting        until deliveries have ended
events         what an apply does, as it happens, for programs
notifying      who is told of what, once
status         where deliveries stand
resolving      a person's word on an attempt in doubt
receipts       what became of a set or an attempt, object by object
recorded       the ledger's questions
moving         a ledger that goes on at another place
tracking       whether git tracks the ledger
endpoints      which API and ledger credentials may go to
reviewing      what a change does to the project's own settings
baselining     sets recorded as sent before jetplan came
retrying       what failed sent again, by a person's word
importing      a manifest for jobs that are on the server
lists          lists of objects made, converted and compared
formatting     manifests laid out in one way
identity       who runs this, and from which commit
limits         the limits that hold for one run
house_rules    the team's own schemas
"""
