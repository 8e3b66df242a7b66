"""Provider batch APIs, as another transport of the same run."""

from onedoor.bulk.batch.asking import asking as asking
from onedoor.bulk.batch.cancelling import cancel as cancel
from onedoor.bulk.batch.pace import Pace as Pace
from onedoor.bulk.batch.store import has_open as has_open
from onedoor.bulk.batch.transport import Batching as Batching
from onedoor.bulk.batch.transport import batching as batching
