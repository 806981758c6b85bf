"""What stands below the switches of every command's --help."""

EXAMPLES = {
    "top": """examples:
  mnemoscope                                    start the server on http://127.0.0.1:8000
  mnemoscope record --signal heartbeat --models ntm,dnc --out run.mnemo
  mnemoscope run.mnemo                          show it in the browser
  mnemoscope inspect run.mnemo
  mnemoscope export run.mnemo --html run.html
`mnemoscope COMMAND --help` has more.""",
    "serve": """examples:
  mnemoscope
  mnemoscope serve --port 8001 --data-dir ~/mnemoscope
  mnemoscope serve --watch runs         recordings appear in the list and grow as they are written; nothing in runs is changed
  mnemoscope serve --host 0.0.0.0 --no-browser --workers 4    prints the address with the token that it asks for""",
    "config": """Flags are over the environment, the environment is over the file, and the file is over the defaults. A name that is none is refused,
in the environment (MNEMOSCOPE_…) and in the file. The value of the token is never printed.

examples:
  mnemoscope config
  MNEMOSCOPE_WORKERS=4 mnemoscope config
  mnemoscope config --config /etc/mnemoscope.toml      sessions = 32, allowed_hosts = ["mem.example.org"], …""",
    "fsck": """The server must not run: it holds its folder. Where servers share a bucket (MNEMOSCOPE_BLOBS) it is compared with the index too, while they
work; the data folder is then one that none of them holds (MNEMOSCOPE_DATA_DIR). Nothing is removed that may be of use: what has no whole step is moved to
set-aside/. Exit codes: 0 no differences are left, 1 some are, 2 the folder cannot be looked at.

examples:
  mnemoscope fsck
  mnemoscope fsck ~/mnemoscope --mend""",
    "pin": """A server with MNEMOSCOPE_RECORDINGS_DAYS or MNEMOSCOPE_RECORDINGS_BYTES removes old recordings, but for those that are pinned.

examples:
  mnemoscope pin XpT1wq0SR5yGSyvKx1hK4Q
  mnemoscope pin XpT1wq0SR5yGSyvKx1hK4Q --off --data-dir /var/lib/mnemoscope""",
    "open": """A server that runs on this machine already gets them; else one is started. A recording is proved before it is
shown, and keeps its id: links to it mean the same on every server.

examples:
  mnemoscope run.mnemo
  mnemoscope open monday.mnemo tuesday.mnemo
  mnemoscope open run.mnemo --url 'http://lab.example:8000/?token=…'""",
    "record": """With --signal - numbers are read line by line (one or several columns, names above them or not) and run as they
come, until the pipe ends, --steps or Ctrl-C; the recording grows as it is written, and is whole in any case.

examples:
  mnemoscope record --signal heartbeat --signal-option odd_beat=6 --models lstm,transformer,ntm,dnc --out beat.mnemo
  mnemoscope record --signal ecg.csv --channel MLII --resample-to 36 --start 10s --stop 40s --models ntm --out ecg.mnemo
  mnemoscope record --signal ar --task-option segment=32 --task-option delay=40 --models dnc --seed 7 --out noise.mnemo
  mnemoscope record --task copy --task-option length=20 --models ntm,dnc --out copy.mnemo
  sensor | mnemoscope record --signal - --rate 250 --models lstm,ntm --out live.mnemo""",
    "read": """A question is what the file does not decide: the first reading is chosen, the others are given as switches. Lines that became no row
are listed with the reason. The same switches work for record, fit, retention and inspect.

examples:
  mnemoscope read ecg.csv
  mnemoscope read meter.csv --decimal , --time Datum --time Uhrzeit
  mnemoscope read prices.csv --time-format %d/%m/%Y --json
  mnemoscope read 100.hea                        # a WFDB record: samples and annotations lie beside its header
  mnemoscope read book.xlsx --part Sheet2""",
    "tasks": """examples:
  mnemoscope tasks
  mnemoscope record --task copy --task-option length=20 --models ntm,dnc --out copy.mnemo""",
    "inspect": """examples:
  mnemoscope inspect run.mnemo
  mnemoscope inspect run.mnemo --json | python -m json.tool""",
    "verify": """Rebuilds every keyframe from the one before it, every read vector from the derived memory, and the ledger row
of every step and head from step 0 on; checks that weightings, gates and strengths are what they can be, and both hashes; prints
the largest errors. Outputs follow from the weights alone: --with-weights runs the models again and compares.

exit codes:
  0  whole: nothing is missing, everything agrees
  1  wrong: something does not agree, or cannot be read
  2  it cannot be verified: no such file, no recording, weights that are not there or others
  3  incomplete: what is there agrees, but the recording has no end, or bytes of it are missing

examples:
  mnemoscope verify run.mnemo
  mnemoscope verify run.mnemo --with-weights
  mnemoscope verify run.mnemo --json""",
    "verdict": """Ranks the models by the error of their answers, says how much they read from the right place, what they keep
and cost, and why each remembers or not, with the step that shows it. A model that lost what it was asked for is run again with the
segment blanked before a cause is spoken, where its weights are here.

examples:
  mnemoscope verdict run.mnemo
  mnemoscope verdict run.mnemo --json | python -m json.tool""",
    "evaluate": """examples:
  mnemoscope evaluate --json
  mnemoscope evaluate --models ntm,dnc --task copy
  mnemoscope evaluate --task signal-recall --series ecg.csv@36""",
    "retention": """A segment is held while the signal goes on, and has to be replayed after a delay: 0 is perfect, 1 is what always
answering 0 gets. Delays may be longer than any that models were trained on; such rows are marked.

examples:
  mnemoscope retention --models lstm,transformer,ntm,dnc
  mnemoscope retention ecg.csv --resample-to 36 --models lstm,ntm --delays 20,40,120 --json
  mnemoscope retention --models ntm,dnc --segments 8,16,24,48 --delays 30 --out segments.html
  mnemoscope retention --models lstm,deltanet --view content
  mnemoscope retention run.mnemo --view provenance""",
    "bridge": """Steps a Transformer and the stateless DNC of the same weights side by side: with write-once stores every bit agrees,
against torch.nn.TransformerEncoder and inside the unmodified memory of Graves 2016 all but rounding does. Then turns the
mechanisms of the DNC on, one after another. Exit code 1 when a difference is larger than rounding explains.

examples:
  mnemoscope bridge
  mnemoscope bridge --model transformer-copy --seed 3
  mnemoscope bridge --model random --json""",
    "train": """examples:
  mnemoscope train copy --model ntm
  mnemoscope train signal-recall --model dnc --seed 1 --out runs/dnc-seed1
  mnemoscope train copy --model lstm --updates 200 --device cpu""",
    "fit": """Trains further on the first half of the series (its last 15 % are held back to stop by) and scores on the second
half: a forecast beside AR(32), the season before and persistence, a recall beside answering the mean, the last value again
and a shift register. Says which to take, also when that is no network. Ctrl-C keeps the best so far. The result is a checkpoint of your own; the shipped one stays as it is.

examples:
  mnemoscope fit taxi.csv --model lstm
  mnemoscope fit ecg.csv --task signal-recall --model dnc --seconds 60
  mnemoscope fit ecg.csv --channel MLII --resample-to 36 --model transformer --seconds 20 --json
  mnemoscope record --signal taxi.csv --task forecast --models lstm,runs/lstm-forecast-taxi --out both.mnemo""",
    "study": """Trains every model of the study from every seed and measures it; about six hours on two cores. Interrupt it whenever
you like: it goes on with what is missing, and prints its tables at any time.

examples:
  mnemoscope study --processes 2
  mnemoscope study --report
  mnemoscope study --only ladder/associative-recall --out runs/study""",
    "export": """examples:
  mnemoscope export run.mnemo --html run.html
  mnemoscope export run.mnemo --npz run.npz --csv run.csv""",
}
