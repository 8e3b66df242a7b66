"""Many items, one prompt: runs that can be stopped, gone on with, and never pay for the same item twice."""

from onedoor.bulk.blocking import BlockingRun as BlockingRun
from onedoor.bulk.given import Running as Running
from onedoor.bulk.mapping import Mapped as Mapped
from onedoor.bulk.mapping import mapped as mapped
from onedoor.bulk.result import Progress as Progress
from onedoor.bulk.result import Result as Result
from onedoor.bulk.run import Run as Run
