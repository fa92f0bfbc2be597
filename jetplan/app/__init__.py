"""The use cases of jetplan, without a command line: typed arguments in, frozen results out, nothing printed.

project        the way in for Python programs: a project, and what can be done with it
configuration  `jetplan.yaml`, typed, with every problem at its place
settings       flags, environment and configuration joined
environment    what CI systems say in environment variables
opening        the pinned ledger, and a client for the account
manifests      manifests read, from the cache where nothing changed
planning       observe and plan; the exit code that a plan means
offline        plan against a revision in git
remembered     what `plan` told the last time
saved_plans    plans saved to files
approval       what was approved before an apply
applying       one apply, from observation to outcome
"""
