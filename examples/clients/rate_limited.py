"""Keeps to an API's rate limits. Python 3.10 or newer, nothing but the standard library."""

import random
import re
import threading
import time
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime


class RateLimitedClient:
    """Slows down as the headers tell that a limit is being used up, and waits Retry-After where there is a 429.

    Make one for each group of calls with limits of its own, and use it for all of them, from any thread.
    """

    def __init__(self, retries=5, longest_wait=120):
        self.retries = retries
        self.longest_wait = longest_wait
        self._line = threading.Lock()
        self._counting = threading.Lock()
        self._standings = None
        self._underway = 0
        self._last_start = 0.0
        self._paused_until = 0.0

    def open(self, request, timeout=30):
        """Like urllib.request.urlopen. A 429 that is not worth the wait is raised as urllib.error.HTTPError."""
        for repeated in range(self.retries + 1):
            self._start()
            try:
                response = urllib.request.urlopen(request, timeout=timeout)
                self._learn(response.headers)
                return response
            except urllib.error.HTTPError as error:
                self._learn(error.headers)
                if error.code != 429:
                    raise
                seconds = _retry_after(error.headers)
                if seconds is None:
                    seconds = 2**repeated
                # A little more than asked for: others were turned away too, and should not all come back at once.
                until = time.time() + seconds * (1 + random.random() / 10)
                self._paused_until = max(self._paused_until, until)
                if repeated == self.retries or seconds > self.longest_wait:
                    raise
                error.close()
            finally:
                with self._counting:
                    self._underway -= 1

    def _start(self):
        # One after the other: each waits until those before it have started.
        with self._line:
            while (seconds := self._delay(time.time())) > 0:
                time.sleep(min(seconds, 1))
            self._last_start = time.time()
            with self._counting:
                self._underway += 1

    def _delay(self, now):
        """Seconds until the next request may start: what is left is spread over the time that it has to last."""
        if self._standings is None and self._underway > 0:
            return 0.05  # until the first answer nobody knows how many may start
        starts = [self._paused_until]
        for limit, left, reset_at in self._standings or []:
            reset = reset_at <= now
            free = (limit if reset else left) - self._underway
            if reset:
                # Full again, but only for as many: their answers tell more.
                if free <= 0 and self._underway > 0:
                    starts.append(now + 0.05)
            elif free <= 0:
                starts.append(reset_at)
            elif free <= limit / 2:
                starts.append(self._last_start + (reset_at - self._last_start) / (free + 1))
        return max(starts) - now

    def _learn(self, headers):
        standings = _standings(headers)
        if standings is not None:
            self._standings = standings
        elif self._standings is None:
            self._standings = []


def _standings(headers):
    """(limit, left, time of the reset on this machine's clock) of each limit that the API tells of."""
    now = time.time()
    # RateLimit: "client";r=59;t=60 and RateLimit-Policy: "client";q=60;w=60, every limit by its name.
    sizes = dict(re.findall(r'"([^"]*)";q=(\d+)', headers.get("RateLimit-Policy", "")))
    named = re.findall(r'"([^"]*)";r=(\d+);t=(\d+)', headers.get("RateLimit", ""))
    if named:
        return [(int(sizes.get(name, 0)), int(r), now + int(t)) for name, r, t in named]
    # X-RateLimit-*: the most restrictive limit. Its reset is a time of day, by the clock of the answer's Date.
    limit, left, reset = (headers.get(f"X-RateLimit-{name}") for name in ("Limit", "Remaining", "Reset"))
    if limit is None or left is None or reset is None:
        return None
    date = headers.get("Date")
    answered_at = parsedate_to_datetime(date).timestamp() if date else now
    return [(int(limit), int(left), now + int(reset) - answered_at)]


def _retry_after(headers):
    """Seconds; Retry-After is a number of them, or a date."""
    value = headers.get("Retry-After", "")
    if value.isdigit():
        return int(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
