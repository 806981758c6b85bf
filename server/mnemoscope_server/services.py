"""Everything an endpoint may need, wired up once per application."""

from mnemoscope_server.access.clients import Allowance, Places
from mnemoscope_server.access.feeding import FeedKeys
from mnemoscope_server.observing.probe import Probe
from mnemoscope_server.sessions.fits import FitJobs
from mnemoscope_server.sessions.manager import LiveSessions
from mnemoscope_server.sessions.measurements import Measurements
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage.brought import Bringing
from mnemoscope_server.storage.fits import Fits
from mnemoscope_server.storage.library import Library
from mnemoscope_server.storage.measurements import MeasurementFiles
from mnemoscope_server.storage.store import Store
from mnemoscope_server.storage.thumbnail import Pictures
from mnemoscope_server.storage.uploads import Uploads
from mnemoscope_server.storage.watched import Watched
from mnemoscope_server.workers.memo import MAX_PACKAGES, Answers


class Services:
    """The parts of a running application; `app.state.services` while it serves."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        library: Library,
        uploads: Uploads,
        live: LiveSessions,
        watched: Watched,
    ) -> None:
        self.settings, self.store, self.library, self.uploads, self.live = settings, store, library, uploads, live
        self.watched = watched
        self.bringing = Bringing(settings, store)
        self.watchers = Places(settings.watchers, settings.watchers_per_client)
        self.steps = Allowance(settings.steps_per_hour, 3600)
        self.uploaded = Allowance(settings.upload_bytes_per_hour, 3600)
        self.feed_keys = FeedKeys(settings.token)
        self.answers = Answers()
        self.packages = Answers(MAX_PACKAGES)
        self.pictures = Pictures()
        self.fits = Fits(settings, store)
        self.fit_jobs = FitJobs(self.fits)
        blobs = None if store.shelf is None else store.shelf.blobs
        self.bucket = None if blobs is None else Probe(blobs.check)
        self.measurements = Measurements(live, MeasurementFiles(store.folder / "measurements", blobs))
