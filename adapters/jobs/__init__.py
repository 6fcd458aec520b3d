"""Jobs over DBOS, in the store's own database: what was acknowledged is worked on in the end.

`DurableQueue` adds jobs inside the store's transactions, `DurableJobs` works on them. At most one
`DurableJobs` runs in a process, since the library has one instance a process; any number of
processes may work on one database file.
"""

from adapters.jobs.queue import DurableQueue
from adapters.jobs.retries import PAUSES_S
from adapters.jobs.tables import check_job_tables, create_job_tables
from adapters.jobs.worker import DurableJobs

__all__ = ["PAUSES_S", "DurableJobs", "DurableQueue", "check_job_tables", "create_job_tables"]
