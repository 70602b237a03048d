"""The threads and connections of ``wangge serve``, shared out so that nobody takes the others' place.

Waitress takes in a whole request before a thread is spent on it. Here each kind of request waits for a thread of its
own lane (``core/pools.py``), and one that waited too long, or whose client has gone meanwhile, is not run. A connection
that brings its request too slowly is closed, and one address has only so many. All counts are of one server process.
"""

import socket
import time
from fnmatch import fnmatchcase
from typing import Any, cast

from waitress.channel import HTTPChannel
from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import Error

from .core.addresses import network
from .core.pools import POOLS, Pool
from .core.tables import table

CONNECTIONS = 1000  # all of them
PER_ADDRESS = 200  # an office of sixty people behind one address keeps fewer at work at any moment
HEAD_SECONDS = 20  # for the head of a request
BODY_SECONDS = 30  # after so long a body must have come at SLOWEST
SLOWEST = 500  # bytes a second, which any phone reaches

#: Into which lane a request goes: the first row that fits; else it is a page.
LANE_OF = table("""
lane    method  path               type
login   POST    /login             *
login   POST    /account/password  *
login   POST    /account/second/*  *
login   POST    /people/*/code     *
own     *       /account/data      *
export  POST    /export            *
upload  PUT     *                  *
upload  GET     */small            *
upload  POST    *                  multipart/*
""")


def lane_of(request: Any) -> Pool:
    """The pool whose threads a request that has arrived waits for."""
    facts = (getattr(request, "command", ""), getattr(request, "path", ""), request.headers.get("CONTENT_TYPE", ""))
    for row in LANE_OF:
        if all(map(fnmatchcase, facts, (row["method"], row["path"], row["type"]))):
            return POOLS[row["lane"]]
    return POOLS["page"]


class Lanes:
    """In the place of waitress's one dispatcher: a dispatcher a lane, each with its part of the threads.

    One more thread tells those off whose lane has no room, since all others may be at work.
    """

    def __init__(self, threads: int):
        self._lanes = {pool.name: ThreadedTaskDispatcher() for pool in POOLS.values() if pool.share}
        parts = sum(POOLS[name].share for name in self._lanes)
        for name, lane in self._lanes.items():
            lane.set_thread_count(max(1, threads * POOLS[name].share // parts))
        self._refusals = ThreadedTaskDispatcher()
        self._refusals.set_thread_count(1)

    def add_task(self, channel: "Channel") -> None:
        """The first request of a channel has arrived."""
        pool = channel.waits_for(lane_of(channel.requests[0]))
        lane = self._lanes[pool.name]
        if len(lane.queue) >= pool.queue:
            channel.refuse()
            lane = self._refusals
        lane.add_task(cast(Any, channel))  # waitress's own channels are no tasks to its types either

    def shutdown(self, cancel_pending: bool = True, timeout: int = 5) -> bool:
        """When the server ends."""
        done = [lane.shutdown(cancel_pending, timeout) for lane in (*self._lanes.values(), self._refusals)]
        return all(done)


class Busy(Error):
    """A request that we do not come to; told by the error task of the channel."""

    code, reason = 503, "Service Unavailable"

    def __init__(self, again: int):
        super().__init__("")
        self.again = again


class Channel(HTTPChannel):
    """A connection: it remembers since when it waits, and ends when it is too slow, or one of too many."""

    per_address = PER_ADDRESS  #: 0: all addresses are those of our proxy, which limits them itself

    def __init__(self, server: Any, sock: socket.socket, addr: Any, adj: Any, map: Any = None):
        super().__init__(server, sock, addr, adj, map=map)
        self.network = network(addr[0] if isinstance(addr, tuple) else None)
        self.began = self.arrived = time.monotonic()
        self.pool = POOLS["page"]
        if self.per_address:
            self._make_room()

    def _make_room(self) -> None:
        """One more than an address may have: the one that has been idle longest goes, and if none is, this one."""
        every: dict[int, Channel] = cast(Any, self.server).active_channels
        others = [each for each in every.values() if each is not self]
        same = [each for each in others if each.network == self.network and not each.will_close]
        if len(same) >= self.per_address:
            idle = [each for each in same if each.is_idle()]
            min(idle, key=lambda each: each.last_activity, default=self).will_close = True

    def is_idle(self) -> bool:
        """Whether nothing is on its way: opened in advance by a browser, or kept for its next request."""
        return not self.requests and self.request is None and not self.total_outbufs_len

    # --- what arrives ---

    def received(self, data: bytes) -> bool:
        """More of a request; its time runs from its first byte."""
        if self.request is None:
            self.began = time.monotonic()
        return super().received(data)

    def readable(self) -> bool:
        """Asked at every turn of the server's loop, at least once a second."""
        if self.requests:
            self.began = time.monotonic()  # what comes after it is not read before it is answered
        elif self.request is not None and self._is_too_slow(self.request):
            self.will_close = True
        return super().readable()

    def _is_too_slow(self, request: Any) -> bool:
        taken = time.monotonic() - self.began
        if not request.headers_finished:
            return taken > HEAD_SECONDS
        return taken > BODY_SECONDS and request.body_bytes_received < taken * SLOWEST

    # --- what is answered ---

    def waits_for(self, pool: Pool) -> Pool:
        """Its request waits for a thread of this lane from now on."""
        self.pool, self.arrived = pool, time.monotonic()
        return pool

    def refuse(self) -> None:
        """Its request is not run."""
        self.requests[0].error = self.requests[0].error or Busy(self.pool.again)

    def service(self) -> None:
        """A thread has come to it: run the request, if somebody still waits for the answer."""
        if self._has_gone():
            self.connected = False  # waitress drops it then
        elif time.monotonic() - self.arrived > self.pool.waits:
            self.refuse()
        super().service()

    def _has_gone(self) -> bool:
        """Whether the client has closed the connection while its request waited; nothing is taken out of it."""
        if self.socket is None:
            return True
        try:
            return self.socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True
