"""Long and recurring work in processes of their own; the job row in the database is the truth."""

from ffp_admin.jobs.chores import Chore, housekeeping
from ffp_admin.jobs.handling import Handler, JobContext, JobFailed, JobStopped
from ffp_admin.jobs.orders import Order, cancel, enqueue, look, ordered
from ffp_admin.jobs.queue import Job, claim, ensure, finish, postpone
from ffp_admin.jobs.sealing import sealing
from ffp_admin.jobs.worker import JobWorker

__all__ = [
    "Chore",
    "Handler",
    "Job",
    "JobContext",
    "JobFailed",
    "JobStopped",
    "JobWorker",
    "Order",
    "cancel",
    "claim",
    "enqueue",
    "ensure",
    "finish",
    "housekeeping",
    "look",
    "ordered",
    "postpone",
    "sealing",
]
