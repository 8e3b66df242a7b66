"""A simulated provider that knows the truth of a small job, and says in every reply that it is simulated."""

from onedoor.sim.profiles import PROFILES, Profile
from onedoor.sim.provider import provider
from onedoor.sim.server import serve
from onedoor.sim.simulator import Simulator
from onedoor.sim.transport import SimTransport
from onedoor.sim.world import LABELS, Case, invoices, is_right, tickets

__all__ = [
    "LABELS",
    "PROFILES",
    "Case",
    "Profile",
    "SimTransport",
    "Simulator",
    "invoices",
    "is_right",
    "provider",
    "serve",
    "tickets",
]
