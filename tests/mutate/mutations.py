"""The table: one wrong line each, the tests that must notice, and what a user would get. New code brings its own mutation."""

from typing import NamedTuple


class Mutation(NamedTuple):
    """`old` stands exactly once in `where`, a file or a folder (for lines that may move inside it)."""

    where: str
    old: str
    new: str
    tests: tuple[str, ...]
    breaks: str


LIBRARY = "models/mnemoscope/"
SERVER = "server/mnemoscope_server/"
PAGE = "frontend/src/"

MUTATIONS = (
    # --- the library: signals, tasks, measuring
    Mutation(
        LIBRARY + "signals/importers/csv/dialect.py", "if texts and _WORD.fullmatch(texts[-1].strip()):", "if texts:",
        ("tests/signals/test_reading_cases.py",), "whole numbers under two names become one column of decimal commas",
    ),
    Mutation(
        LIBRARY + "running/other_signals.py", 'if row["low"] <= reach]', 'if row["error"] <= reach]',
        ("tests/running/test_other_signals.py",), "models whose bands overlap are said to be ahead of one another",
    ),
    Mutation(
        LIBRARY + "running/other_signals.py", "len(known) < max(2, len(rows))", "len(known) < 2",
        ("tests/running/test_other_signals.py",), "a model that was never measured is passed over in silence",
    ),
    Mutation(
        SERVER + "sessions/session.py", "if self.position < self.session.held_from:", "if self.position < tail.start:",
        ("tests/server/sessions/test_session.py",), "who watches a run just met at the end of a chunk misses all before it",
    ),
    Mutation(
        SERVER + "sessions/session.py", 'return [data or Behind.model_validate({"from": first, "to": self.position})]', "return [data] if data else []",
        ("tests/server/sessions/test_session.py",), "steps of a run that moves to another engine are passed over in silence",
    ),
    Mutation(
        SERVER + "sessions/session.py", "            data = await self.session.read(chunk)\n        return data", "        return data",
        ("tests/server/sessions/test_session.py",), "a chunk that is nowhere for a moment is skipped",
    ),
    Mutation(
        LIBRARY + "kinds/append.py", "at_once = max(1, min(n, ONE_THREAD // (width * m)))", "at_once = max(1, n)",
        ("tests/kinds/test_attention_products.py",), "proving a run of a Transformer from Python takes eighteen times as long on a busy machine",
    ),
    Mutation(
        PAGE + "analysis/scale.ts", "below <= Math.floor(count * 0.98)", "below < Math.floor(count * 0.98)",
        ("src/draw/draw.test.ts",), "a map's colours end below a part of what they should show",
    ),
    Mutation(
        PAGE + "memory/model_log.ts", "this.stay.gap >= Math.floor(t / KEYFRAME_EVERY)", "this.stay.gap >= 0",
        ("src/memory/staying.test.ts",), "another layer is asked for before its keys have come again, and its worker fetches the whole run",
    ),
    Mutation(
        PAGE + "memory/model_log.ts", "if (!this.stay.has(k)) this.wished?.(k, true);", "if (this.stay.has(k)) this.wished?.(k, true);",
        ("src/memory/staying.test.ts",), "another layer of a long run is never drawn",
    ),
    Mutation(
        PAGE + "memory/kinds/append.ts", '["keys", "values", ...(gated ? ["write_gate", "read_gate"] : [])]', '["keys", "values"]',
        ("src/memory/staying.test.ts",), "a long run of an encoder-decoder cannot be drawn",
    ),
    Mutation(
        PAGE + "memory/kinds/append.ts", "if (whole || (this.attention.knows(h, t) && this.log.hasStep(t)))", "if (whole || this.log.hasStep(t))",
        ("src/memory/staying.test.ts",), "a pointer on a slot of a long run of attention stops the page for minutes",
    ),
    Mutation(
        PAGE + "memory/worker/passing.ts", "const copy = isShared(kept) ? null : kept.slice();", "const copy = isShared(kept) ? null : kept;",
        ("src/memory/staying.test.ts",), "a page that may not share memory loses the keys that it hands to its worker",
    ),
    Mutation(
        PAGE + "memory/worker/late.ts", "if (this.over) return worker.terminate();", "if (this.over) return;",
        ("src/memory/worker/late.test.ts",), "a page that was left at once leaves its worker running",
    ),
    Mutation(
        PAGE + "memory/worker/client.ts", "waiting.key !== first.key", "waiting.key !== null",
        ("src/memory/worker/client.test.ts",), "a dragged playhead asks for every step that it has passed",
    ),
    Mutation(
        PAGE + "memory/letting_go.ts", "Math.max(KEEP, 2 * MEASURED * KEYFRAME_EVERY * step)", "KEEP",
        ("src/memory/letting_go.test.ts",), "a long run of large steps is fetched again for ever",
    ),
    Mutation(
        SERVER + "http/verdict.py", "not (services.watched.has(identity) or services.library.shipped(identity))", "not services.watched.has(identity)",
        ("tests/server/http/test_verdict.py",), "a server writes over the verdicts that ship",
    ),
    Mutation(
        LIBRARY + "signals/importers/tabular", "> max(2 * inner, 1e-9)", "> max(20 * inner, 1e-9)",
        ("tests/signals/test_csv_import.py::test_far_is_more_than_twice_the_width_of_all_other_values",),
        "-999 in a quiet series is taken for data",
    ),
    Mutation(
        LIBRARY + "signals/series.py", "IQR_OF_NORMAL = 1.349", "IQR_OF_NORMAL = 1.0",
        ("tests/signals/test_series.py",), "robust scaling hands models values a third too small",
    ),
    Mutation(
        LIBRARY + "signals/series.py", "    if down > 1:", "    if down > 1000:",
        ("tests/signals/test_series.py",), "resampling by an odd ratio folds noise into the signal",
    ),
    Mutation(
        LIBRARY + "signals/series.py", "result[inside] = np.nan", "result[~inside] = np.nan",
        ("tests/signals/test_series.py",), "gaps are filled and values lost instead",
    ),
    Mutation(
        LIBRARY + "signals/series.py", 'padtype="line")\n\n\ndef _interpolated', 'padtype="constant")\n\n\ndef _interpolated',
        ("tests/signals/test_series.py",), "a resampled series bends towards 0 at its ends",
    ),
    Mutation(
        LIBRARY + "signals/importers/tabular", "where=self.where(first, i),",
        "where=self.where(first + 1, i),",
        ("tests/signals/test_csv_import.py",), "an error names the row after the bad one",
    ),
    Mutation(
        LIBRARY + "tasks", '"Bit vectors to copy each time", 20, (1, 60), 1, 120', '"Bit vectors to copy each time", 12, (1, 60), 1, 120',
        ("tests/tasks/test_tasks.py",), "copy begins with a shorter run than the paper's",
    ),
    Mutation(
        LIBRARY + "tasks", '"Bit vectors to copy each time", 20, (1, 60), 1, 120', '"Bit vectors to copy each time", 20, (1, 60), 1, 100',
        ("tests/tasks/test_tasks.py",), "copy refuses 120 vectors, the longest of the paper",
    ),
    Mutation(
        LIBRARY + "tasks", "targets[start + length + 1 : start + steps] = vectors", "targets[start + length + 1 : start + steps] = vectors[::-1]",
        ("tests/tasks/test_tasks.py",), "copy asks for the vectors backwards",
    ),
    Mutation(
        LIBRARY + "tasks/signal.py", "gap, period = min(lead, 16), 2 * segment + delay", "gap, period = min(lead, 8), 2 * segment + delay",
        ("tests/tasks",), "rounds are closer than the task says",
    ),
    Mutation(
        LIBRARY + "measuring/evaluate.py", "if condition.trained][-1]", "][-1]",
        ("tests/measuring/test_evaluate.py",), "a card is headed by a figure from beyond the training",
    ),
    Mutation(
        LIBRARY + "kinds", "np.where(cell == 0.0, 1.0, np.tanh(cell) / safe)", "np.where(cell == 0.0, 0.0, np.tanh(cell) / safe)",
        ("tests/kinds/test_ledger.py",), "an LSTM unit whose cell is exactly 0 lets nothing out",
    ),
    Mutation(
        LIBRARY + "signals/series.py", "max(step, last) + 1, text", "max(step, last), text",
        ("tests/signals/test_series.py",), "a label ends a step before what it says",
    ),
    Mutation(
        LIBRARY + "signals", " & (codes[starts] != usual) if", " if",
        ("tests/signals/test_csv_import.py",), "a column that says normal of nearly every row marks all of them",
    ),
    # --- the library: models
    Mutation(
        LIBRARY + "models/addressing.py", "torch.lerp(previous, content, gates.unsqueeze(2))", "torch.lerp(content, previous, gates.unsqueeze(2))",
        ("tests/models/test_addressing.py",), "an NTM interpolates the wrong way round",
    ),
    Mutation(
        LIBRARY + "models/addressing.py", "shifts.flip(-1)", "shifts",
        ("tests/models/test_addressing.py",), "an NTM shifts its head to the other side",
    ),
    Mutation(
        LIBRARY + "models/addressing.py", "precedence.unsqueeze(1)) * off_diagonal", "precedence.unsqueeze(1))",
        ("tests/models/test_addressing.py",), "a slot of a DNC follows itself in the order of writing",
    ),
    Mutation(
        LIBRARY + "models/addressing.py", "scatter(-1, order, before - through)", "scatter(-1, order, through)",
        ("tests/models/test_addressing.py",), "a DNC allocates the fullest slot",
    ),
    Mutation(
        LIBRARY + "models/addressing.py", "torch.addcmul(usage + write_weights, usage, write_weights, value=-1) * retention", "(usage + write_weights) * retention",
        ("tests/models/test_addressing.py",), "usage exceeds 1",
    ),
    # --- the library: what a recording is and what can be known from it
    Mutation(
        LIBRARY + "kinds", "np.fill_diagonal(links, 0.0)", "np.fill_diagonal(links, 1.0)",
        ("tests/kinds/test_derive.py",), "rebuilt links have a diagonal",
    ),
    Mutation(
        LIBRARY + "format/manifest.py", 'if fixed:', 'if False:',
        ("tests/reading/test_recording.py",), "a later META may change how earlier blocks are read",
    ),
    # --- long runs: what is carried from one part of a log to the next
    Mutation(
        LIBRARY + "kinds/cell.py", "carrier = carrier * kept[0]", "carrier = carrier * kept[-1]",
        ("tests/kinds/test_conformance.py",), "what a cell forgot in one part of a long log is there again in the part before",
    ),
    Mutation(
        LIBRARY + "kinds/matrix_ledger.py", "carriers = carriers * left.reshape(-1)", "carriers = carriers * 1.0",
        ("tests/kinds/test_ledger.py",), "what a memory erased is there again sixteen steps before",
    ),
    Mutation(
        LIBRARY + "kinds/append.py", "total = total * before + weights.sum(axis=1)", "total = total + weights.sum(axis=1)",
        ("tests/kinds/test_conformance.py",), "attention over a long log weighs its parts by different measures",
    ),
    Mutation(
        LIBRARY + "reading/bank_checks.py", "if most[first] <= found.max():", "if True:",
        ("tests/reading/test_verify.py",), "rows whose sum is off count as right",
    ),
    Mutation(
        LIBRARY + "reading/view.py", "self.steps > KEPT_BYTES:", "self.steps > 1 << 40:",
        ("tests/reading/test_long_runs.py",), "a view keeps every array of a long run",
    ),
    # --- answers: retention, causes, verdicts, the study, fits
    Mutation(
        LIBRARY + "reading/causes.py", "if name == UNSETTLED or weight <= LIMITS[\"majority\"]:", "if name == UNSETTLED:",
        ("tests/measuring/test_causes.py",), "a cause is named that explains a minority of what was lost",
    ),
    Mutation(
        LIBRARY + "reading/causes.py", "name = MISREAD if ordered else DISORDERED", "name = MISREAD",
        ("tests/measuring/test_causes.py",), "a memory read out of order is said to be misread",
    ),
    Mutation(
        LIBRARY + "reading/causes.py", "labels.append(KEPT)", "labels.append(FADED)",
        ("tests/measuring/test_causes.py",), "what is whole and misread is said to have faded",
    ),
    Mutation(
        LIBRARY + "reading/segment.py", "np.full(len(asked), self.recall.start - 1) if mechanism", "asked if mechanism",
        ("tests/measuring/test_causes.py", "tests/measuring/test_verdict.py"), "slots that a replay frees as it reads them count as lost before it",
    ),
    Mutation(
        LIBRARY + "measuring/agreement.py", "if found.name in GONE and seen.from_segment > LIMITS[\"gone\"]:", "if False:",
        ("tests/measuring/test_causes.py", "tests/measuring/test_verdict.py"), "a cause of death is named although the answer still depends on the segment",
    ),
    Mutation(
        LIBRARY + "measuring/verdict/scores.py", "return bool(b.low <= a.high and a.low <= b.high)", "return False",
        ("tests/measuring/test_verdict.py",), "two models inside each other's band are ranked apart",
    ),
    Mutation(
        LIBRARY + "measuring/verdict/judge.py", "if rival.error < best.score.error:", "if False:",
        ("tests/measuring/test_verdict.py",), "a verdict keeps silent about the baseline that beats all models",
    ),
    Mutation(
        LIBRARY + "measuring/verdict/scores.py", "if fit is not None:\n        return baselines.autoregressive", "if False:\n        return baselines.autoregressive",
        ("tests/measuring/test_verdict.py",), "a fitted model is held against another AR(32) than that of its fit",
    ),
    Mutation(
        LIBRARY + "training/fitting/descent.py", "+ updating + looking > seconds", "> seconds",
        ("tests/training/test_fit.py",), "a fit goes on beyond its seconds",
    ),
    Mutation(
        LIBRARY + "training/loop.py", "kept = rounded(model)", "kept = model",
        ("tests/training/test_rounding.py",), "what is trained is written in full and makes exported pages twice as large",
    ),
    Mutation(
        LIBRARY + "training/fitting/fit.py", "net = rounded(net)", "net = net.eval()",
        ("tests/training/test_rounding.py",), "a fitted model is written in full",
    ),
    Mutation(
        LIBRARY + "training/rounding.py", "kept = copy.deepcopy(model).eval()", "kept = model.eval()",
        ("tests/training/test_rounding.py",), "a training goes on with rounded weights",
    ),
    Mutation(
        LIBRARY + "running/gallery.py", "min(tries, key=milliseconds)", "tries[-1]",
        ("tests/running/test_record.py",), "a shipped verdict names milliseconds of a busy machine",
    ),
    Mutation(
        LIBRARY + "training/fitting/advice.py", "is not False\n    mine", "is not None\n    mine",
        ("tests/training/test_fit.py",), "a fit that is level with what it began from is advised",
    ),
    Mutation(
        LIBRARY + "training/fitting/recalling.py", "super().__init__(task, Batch(inputs, targets, mask), start + SHAPE.lead)", "super().__init__(task, Batch(inputs, targets, mask), start)",
        ("tests/training/test_fit.py",), "the picture of a recall begins before what was stored",
    ),
    Mutation(
        SERVER + "storage/fits.py", 'if self.facts(identity, caller)["state"] != "done":\n            raise UnknownFit', 'if False:\n            raise UnknownFit',
        ("tests/server/http/test_fits.py::test_a_fit_that_the_server_did_not_live_to_see_says_so_to_its_owner",), "a fit that was cut off can be asked to run",
    ),
    Mutation(
        PAGE + "analysis/forecast.ts", "for (let step = t - 1; step >= 0", "for (let step = t; step >= 0",
        ("src/analysis/forecast.test.ts",), "the band of a forecast knows the value that is forecast",
    ),
    Mutation(
        LIBRARY + "training/study/report.py", "if now.high < before.low:", "if now.mean < before.mean:",
        ("tests/training/test_study.py",), "a rung is said to help although the intervals overlap",
    ),
    Mutation(
        LIBRARY + "models/stateless/hybrid.py", "there = (gates.unsqueeze(1) > 0) & (age >= 0) & (age < c.slots)", "there = (gates.unsqueeze(1) > 0) & (age >= 0) & (age <= c.slots)",
        ("tests/models/test_hybrid.py",), "a window trains with a slot more than it runs with",
    ),
    Mutation(
        LIBRARY + "models/addressing.py", "torch.round(usage.detach() * grid) if epsilon and grid else usage", "usage",
        ("tests/checkpoints/test_dnc_slots.py", "tests/models/test_addressing.py"), "rounding decides which slots a DNC writes",
    ),
    # --- the server
    Mutation(
        SERVER + "access/guard.py", " and ports[0] == ports[1]", "",
        ("tests/server/access/test_guard.py::test_pages_of_other_sites_reach_no_unsafe_route_and_no_socket",), "a page of another port of this machine may drive runs",
    ),
    Mutation(
        SERVER + "access/guard.py", "given.hostname == called.hostname", "True",
        ("tests/server/access/test_guard.py::test_pages_of_other_sites_reach_no_unsafe_route_and_no_socket",), "a page of any site may drive runs",
    ),
    Mutation(
        SERVER + "planning/runs.py", "chunks = -(-steps // KEYFRAME_EVERY)", "chunks = steps // KEYFRAME_EVERY",
        ("tests/server/storage/test_uploads.py::test_preview_shows_before_and_after_and_the_cost",), "the size told before a run lacks the last keyframe",
    ),
    Mutation(
        SERVER + "storage/copies.py", '"step": max(0, failure["step"] - wanted.first)', '"step": failure["step"]',
        ("tests/server/storage/test_sharing.py::test_a_model_that_failed_is_copied_as_far_as_it_came",), "a copy says that a model failed at a step it does not have",
    ),
    Mutation(
        SERVER + "storage/copies.py", 'if e["kind"] in ("store", "recall")]', "]",
        ("tests/server/storage/test_sharing.py::test_without_the_facts_of_the_signal_nothing_says_whose_it_is",), "labels of a file stay in a copy without its signal",
    ),
    Mutation(
        SERVER + "storage/copies.py", "if expires <= datetime.now(UTC):", "if False:",
        ("tests/server/storage/test_sharing.py::test_impossible_copies_are_refused_and_leave_nothing",), "a recording may be shared until yesterday",
    ),
    Mutation(
        SERVER + "storage/uploads.py", "in sorted(entries):", "in sorted(entries, reverse=True):",
        ("tests/server/storage/test_uploads.py::test_old_uploads_go",), "the newest upload is swept instead of the oldest",
    ),
    Mutation(
        SERVER + "storage/index.py", '"(expires IS NULL OR expires > :now)"', '"(1 = 1 OR :now IS NULL)"',
        ("tests/server/storage/test_store.py::test_a_recording_whose_time_is_over_is_refused_then_gone_and_still_remembered",), "expired recordings stay in the list",
    ),
    Mutation(
        SERVER + "sessions/tail.py", "cut = (have - first) * (length // count)", "cut = (have - first + 1) * (length // count)",
        ("tests/server/sessions/test_tail.py",), "a watcher who joins late misses a step",
    ),
    Mutation(
        SERVER + "sessions/session.py", '{"from": self.position, "to": tail.start}', '{"from": self.position + 1, "to": tail.start}',
        ("tests/server/sessions/test_session.py",), "the gap told to a slow watcher begins a step late",
    ),
    Mutation(
        SERVER + "workers/memo.py", "if (task.cancelled() or task.exception() is not None) and", "if False and",
        ("tests/server/workers/test_answers.py",), "a failed answer is given to everybody who asks again",
    ),
    Mutation(
        SERVER + "workers/run.py", "min(self.steps, self.done + count)", "self.done + count",
        ("tests/server/workers/test_run.py",), "a run goes beyond its last step",
    ),
    Mutation(
        SERVER + "http/socket.py", "        if guest:\n            hint =", "        if False:\n            hint =",
        ("tests/server/access/test_token.py",), "whoever has a link may drive the run",
    ),
    Mutation(
        SERVER + "workers/pace.py", "if owed > LATE_SECONDS * self.speed + 1:", "if False:",
        ("tests/server/workers/test_run.py",), "a run that was held up makes up for it in a burst",
    ),
    Mutation(
        SERVER + "workers/pace.py", "return tick_after(self._began + steps / self.speed) if steps else self._began", "return self._began + steps / self.speed",
        ("tests/server/workers/test_turns.py",), "a worker wakes for every step of every run",
    ),
    Mutation(
        SERVER + "workers/pace.py", "tick_before(now) + 2 * ROUNDING * TICK - self._began)", "now - self._began)",
        ("tests/server/workers/test_pace.py",), "steps come a tick early or late, by when the worker happened to wake",
    ),
    Mutation(
        SERVER + "workers/process.py", "if self._due.get(identity, now) <= now]", "if True]",
        ("tests/server/workers/test_turns.py",), "every run has a turn whenever one has something to do",
    ),
    Mutation(
        SERVER + "workers/process.py", "        self._due.pop(run.id, None)\n", "",
        ("tests/server/workers/test_turns.py",), "a command waits for the turn that its run would have had anyway",
    ),
    Mutation(
        SERVER + "workers/line.py", "            if self._bytes >= FULL_BYTES:\n                self.flush()", "            pass",
        ("tests/server/workers/test_line.py",), "what is on its way from a worker at full speed is not bounded",
    ),
    Mutation(
        SERVER + "workers/run.py", "return REPORT_SECONDS if self._pace.speed is None else 0.0", "return REPORT_SECONDS",
        ("tests/server/workers/test_run.py",), "a step at a speed waits before it is sent",
    ),
    Mutation(
        SERVER + "workers/run.py", "            self._flush()  # who hears of a step", "            pass  # who hears of a step",
        ("tests/server/workers/test_run.py",), "steps that wait to be reported when the speed changes reach nobody",
    ),
    Mutation(
        LIBRARY + "models/stepping.py", "return tuple(leaf.shape[1:]) if has_batch(leaf) else leaf.item()", "return () if has_batch(leaf) else leaf.item()",
        ("tests/models/test_stepping.py",), "attention states of different lengths are joined into one batch",
    ),
    Mutation(
        LIBRARY + "models/stepping.py", "        state = step.state\n        yield step", "        yield step",
        ("tests/models/test_stepping.py",), "every step begins from the first state",
    ),
    Mutation(
        LIBRARY + "running/seats.py", "return torch.where(does.reshape(-1, *[1] * (old.dim() - 1)), new, old)", "return new",
        ("tests/running/test_seats.py",), "a paused run on a GPU goes on while its neighbours do",
    ),
    Mutation(
        LIBRARY + "running/stepper.py", "self._rows[new] = np.concatenate(parts, 1)", "pass",
        ("tests/running/test_live_steps.py",), "a live run never hears what comes",
    ),
    Mutation(
        LIBRARY + "running/stepper.py", "self._heard[new] = torch.as_tensor(self._rows[new])", "pass",
        ("tests/running/test_live_steps.py",), "a live run that torch steps never hears what comes",
    ),
    Mutation(
        LIBRARY + "running/seats.py", "heard[job.free_from : steps, at, -1] = 1.0", "heard[:steps, at, -1] = 1.0",
        ("tests/running/test_seats.py",), "a run on a GPU hears itself instead of its signal",
    ),
    Mutation(
        LIBRARY + "running/seats.py", "self._taken[seat.index], last.index = last, seat.index", "self._taken[seat.index] = last",
        ("tests/running/test_seats.py",), "a run takes another's state when a neighbour leaves",
    ),
    Mutation(
        LIBRARY + "signals/importers/csv/fixed_width.py", 'and (line.count(".") > 1 or bool(set("+-") & set(line[1:])))', "",
        ("tests/signals/test_reading_cases.py",), "a plain series of equally long numbers is refused",
    ),
    Mutation(
        SERVER + "workers/torch_engine.py", "            for stepper in steppers:\n                stepper.close()", "            pass",
        ("tests/server/workers/test_batch.py",), "runs that could not begin keep their seats on the GPU",
    ),
    # --- the page
    Mutation(
        PAGE + "memory/worker/going_back.ts", "this.sums.set(n, after - before);", "this.sums.set(n, after);",
        ("src/memory/worker/going_back.test.ts",), "arcs of a long run add up to more than all of what is read",
    ),
    Mutation(
        PAGE + "memory/kinds/associative_walk.ts", "later[head + i * size + k]! * earlier[head + k * size + j]!",
        "earlier[head + i * size + k]! * later[head + k * size + j]!",
        ("src/memory/kinds/conformance.test.ts",), "long blocks of a DeltaNet are put together in the wrong order",
    ),
    Mutation(
        PAGE + "draw/stage/arcs.ts", "} else if (to > time.x) drop(", "}\n      if (to > time.x) drop(",
        ("src/stage/picture.test.ts",), "the arc of a sum points at a step that nobody has said to be read",
    ),
    Mutation(
        PAGE + "recording/chunks.ts", "this.looked = chunks.filter((n) => !this.running.has(n));",
        "this.looked.push(...chunks.filter((n) => !this.running.has(n)));",
        ("src/recording/chunks.test.ts",), "a drag over a long run fetches hundreds of chunks that nobody looks at any more",
    ),
    Mutation(
        PAGE + "recording/chunks.ts", "if (!beside || chunks.includes(n)) continue;", "if (chunks.includes(n)) continue;",
        ("src/recording/chunks.test.ts",), "a jump while a run loads leaves out the chunks that were on their way",
    ),
    Mutation(
        PAGE + "recording/chunks.ts", "(this.looked[0] === this.alone ? lanes + BESIDE : lanes)", "lanes",
        ("src/recording/chunks.test.ts",), "the step that the playhead has jumped to waits for chunks of the place that it has left",
    ),
    Mutation(
        PAGE + "recording/chunks.ts", "if (n === this.alone && this.looked.length && !this.stopped) {", "if (this.stopped) {",
        ("src/recording/chunks.test.ts",), "chunks beside a step are fetched before it is drawn",
    ),
    Mutation(
        PAGE + "stage/stage_model.ts", "    this.shareCache.playhead = t;\n", "",
        ("src/stage/held_in_part.test.ts",), "words about a step that was left take the place of the arcs that are waited for",
    ),
    Mutation(
        PAGE + "stage/settled_step.svelte.ts", "if (late && !waited && t !== this.t) {", "if (late && !waited && t === this.t) {",
        ("src/stage/settled_step.test.ts",), "the words beside a long run come and go with every move of a drag",
    ),
    Mutation(
        PAGE + "recording/transport.ts", "if (waiting && speed !== this.asked!.speed) return;", "",
        ("src/recording/session_live.test.ts",), "the speed knob jumps back while the run has not heard of it yet",
    ),
    Mutation(
        PAGE + "recording/lens_cache.svelte.ts", "out.set(values, first + 1)", "out.set(values, first)",
        ("src/recording/lens_cache.test.ts",), "a lens says of every input what it found of the next",
    ),
    Mutation(
        PAGE + "stage/text/sentences.ts", ".some((weight) => weight >= NOTABLE)", ".some(() => true)",
        ("src/stage/text/sentences.test.ts",), "a slot that was never written is said to have been erased",
    ),
    Mutation(
        PAGE + "stage/text/lenses.ts", "text: most > 0 ? `t = ${best - 1}", "text: most > 0 ? `t = ${best}",
        ("src/stage/text/lenses.test.ts",), "a lens names the step after the one that moves the output most",
    ),
    Mutation(
        PAGE + "stage/text/live_status.ts", "session.behind > Math.max(12,", "session.behind > Math.max(120,",
        ("src/stage/text/live_status.test.ts",), "the badge is green while the page is two seconds behind",
    ),
    Mutation(
        PAGE + "stage/controller.svelte.ts", "a === b ? null : [Math.min(a, b), Math.max(a, b)]", "a === b ? null : [a, b]",
        ("src/stage/controller_commands.test.ts",), "a selection made from right to left has no steps",
    ),
    Mutation(
        PAGE + "stage/stage_model.ts", "> 0.02 ? best - 1 : null", "> 0.02 ? best : null",
        ("src/stage/picture.test.ts",), "pointing at a slot marks the step after the one that wrote it",
    ),
    Mutation(
        PAGE + "stage/viewport.svelte.ts", "(by * n) / 4", "(by * n) / 2",
        ("src/stage/controller_commands.test.ts",), "the keys pan past what was in view",
    ),
    Mutation(
        PAGE + "stage/canvas/pointer.svelte.ts", "notch > 0 ? -1 : 1", "notch > 0 ? 1 : -1",
        ("src/stage/canvas/pointer.test.ts",), "the wheel zooms the wrong way",
    ),
    Mutation(
        PAGE + "stage/commands/palette.ts", "cursor.seek(Math.min(step, last))", "cursor.seek(Math.min(step, last) + 1)",
        ("src/stage/controller_commands.test.ts",), "the palette goes to the step after the one asked for",
    ),
    Mutation(
        PAGE + "draw/stage/arcs.ts", "setLineDash(part < 0 ? [5, 4] : [])", "setLineDash(part > 0 ? [5, 4] : [])",
        ("src/stage/picture.test.ts",), "arcs that add are dashed as if they cancelled",
    ),
    Mutation(
        PAGE + "draw/stage/ages.ts", "> 0.5 === signal.target(t, k) > 0.5", "> 0.5 === signal.input(t, k) > 0.5",
        ("src/stage/picture.test.ts",), "answers are said to be right that repeat the input",
    ),
    Mutation(
        PAGE + "draw/stage/ranges.ts", "left(ranges.selection[1] + 1)", "left(ranges.selection[1])",
        ("src/stage/picture.test.ts",), "the last step of a selection is not marked",
    ),
    Mutation(
        PAGE + "draw/lane/tape.ts", "clamp01(this.column.write[row]!) ** 0.7", "clamp01(this.column.write[row]!)",
        ("src/draw/lane/tape.test.ts",), "weak writes cannot be seen on a tape",
    ),
    Mutation(
        PAGE + "draw/panels/scrubber.ts", "sum += known[t]! / this.most[k]!;", "sum += known[t]!;",
        ("src/draw/panels/panels.test.ts",), "the scrubber shows the model with the largest numbers alone",
    ),
    Mutation(
        PAGE + "analysis/measures.ts", "1 - entropy / Math.log(weights.length)", "1 - entropy / Math.log2(weights.length)",
        ("src/analysis/measures.test.ts",), "a read of all slots alike counts as half focused",
    ),
    Mutation(
        PAGE + "bridge/difference_painter.ts", "(Math.log10(gap) - MIN_POWER) / (top - MIN_POWER)", "(Math.log10(gap) - MIN_POWER) / -MIN_POWER",
        ("src/bridge/difference_painter.test.ts",), "bars of differences do not fit the axis beside them",
    ),
    Mutation(
        PAGE + "pages/router.svelte.ts", 'path.startsWith("api")', "false",
        ("src/pages/router.test.ts",), "a link to a file of the server opens an unknown page",
    ),
    Mutation(
        PAGE + "memory/shares.ts", "power / total : 0", "1 / powers.length : 0",
        ("src/memory/all_heads.test.ts",), "arcs, ages and sentences of every model with several heads are wrong",
    ),
    Mutation(
        PAGE + "draw/lane/lag_rows.ts", "Math.log1p(lag) /", "Math.log(lag + 2) /",
        ("src/draw/draw.test.ts",), "the lag axis stands beside its rows",
    ),
    Mutation(
        PAGE + "draw/lane/lag_rows.ts", "const from = lagRow(t - s, this.longest);", "const from = lagRow(t - s + 1, this.longest);",
        ("src/draw",), "reads are drawn one step further back",
    ),
    Mutation(
        PAGE + "stage/text/reads.ts", 'if (row[0]! > HALF) return reading(', 'if (row[0]! > 0.05) return reading(',
        ("src/stage/text/reads.test.ts",), "the page says that a model reads what it held before the first step",
    ),
    Mutation(
        PAGE + "stage/text/reads.ts", "const lag = t - source;", "const lag = t + 1 - source;",
        ("src/stage/text/reads.test.ts",), "sentences say a step too many",
    ),
    Mutation(
        PAGE + "stage/text/sentences.ts", "read += row[s + 1]!", "read += row[s]!",
        ("src/stage/text/sentences.test.ts",), "the table of a moment shows the reads of its neighbour",
    ),
    Mutation(
        PAGE + "stage/text/sentences.ts", "if (life.read[k]! > 0.12)", "if (life.read[k]! > 0.9)",
        ("src/stage/text/sentences.test.ts",), "slots are said not to have been read since",
    ),
    Mutation(
        PAGE + "stage/statistics.ts", "(v - mean) ** 2", "v ** 2",
        ("src/stage/statistics.test.ts",), "the deviation of a selection is that around 0",
    ),
    Mutation(
        PAGE + "stage/statistics.ts", "steps: b - a + 1,", "steps: b - a,",
        ("src/stage/statistics.test.ts",), "a selection counts a step too few",
    ),
    Mutation(
        PAGE + "stage/controller.svelte.ts",
        '(found.zone === "lane" || found.zone === "signal") && found.t > this.cursor.t) this.cursor.seek(found.t);',
        "false) this.cursor.seek(found.t);",
        ("src/stage/controller.test.ts",),
        "a click on a moment to come does not go there",
    ),
    Mutation(
        PAGE + "stage/lane_views.svelte.ts",
        "this.view.heads = this.paired(this.view.heads, stream, head);",
        "this.view.heads = this.paired(this.view.heads, stream, null);",
        ("src/stage/apply_view.test.ts",),
        "a link forgets the read head that was looked at",
    ),
    Mutation(
        PAGE + "stage/lane_views.svelte.ts",
        "bank === opening ? null : bank",
        "null",
        ("src/stage/apply_view.test.ts",),
        "a link forgets the layer that was looked at",
    ),
    Mutation(
        PAGE + "stage/viewport.svelte.ts",
        "this.view.from = Math.max(0, Math.round(first));",
        "this.view.from = null;",
        ("src/stage/controller_commands.test.ts",),
        "a link forgets what was zoomed to",
    ),
    Mutation(
        PAGE + "recording/transport.ts", "this.cursor.t >= this.total - 1)", "this.cursor.t >= this.total)",
        ("src/recording/session_live.test.ts",), "at the newest step of a live run the next step is not asked for",
    ),
    Mutation(
        PAGE + "recording/supply.ts", "at - 1 - k)", "at + 1 + k)",
        ("src/recording/supply.test.ts",), "what lies before the playhead is not fetched",
    ),
    Mutation(
        PAGE + "recording/command_queue.ts", "(last.count ?? 1) + (message.count ?? 1)", "(message.count ?? 1)",
        ("src/recording/command_queue.test.ts",), "of steps asked for quickly only the last are taken",
    ),
    Mutation(
        PAGE + "new_run/model_choice.svelte.ts", "sum += one * this.moments(card);", "sum += one;",
        ("src/new_run/run_cost.test.ts",), "the cost of a run forgets the moments of a training",
    ),
    Mutation(
        PAGE + "analysis/similar.ts", "out[s] = dot / n;", "out[s] = dot;",
        ("src/analysis",), "likeness of two shapes goes beyond 1",
    ),
    Mutation(
        PAGE + "memory/arcs.ts", "while (from > 0 && step - from < merge && !taken[from - 1]) from--;", "while (from > 0 && step - from < merge) from--;",
        ("src/memory/arcs.test.ts",), "a step belongs to two arcs",
    ),
    Mutation(
        PAGE + "draw/ink/format.ts", 'const sign = value < 0 && Number(text) !== 0 ? "−" : "";', 'const sign = value < 0 ? "−" : "";',
        ("src/draw/draw.test.ts",), "the page writes −0.00",
    ),
    # --- any signal: what is suggested, recognised, brought beside, fed and watched
    Mutation(
        LIBRARY + "tasks/suggestion.py", "key=lambda label: often[label.text])", "key=lambda label: -often[label.text])",
        ("tests/tasks/test_suggestion.py",), "the commonest beat is asked about, not the odd one",
    ),
    Mutation(
        LIBRARY + "tasks/suggestion.py", "        if name in chosen:\n", "        if name in ():\n",
        ("tests/tasks/test_suggestion.py",), "a short file silently changes the delay that was asked for",
    ),
    Mutation(
        LIBRARY + "tasks/suggestion.py", "far = np.minimum(far, np.percentile(far, ORDINARY))", "far = np.minimum(far, far.max())",
        ("tests/tasks/test_suggestion.py",), "one bad sample is the busiest stretch",
    ),
    Mutation(
        LIBRARY + "tasks/suggestion.py", "at = int(label.start / per_step)", "at = label.start",
        ("tests/tasks/test_suggestion.py",), "a label of a resampled file is missed",
    ),
    Mutation(
        LIBRARY + "signals/importers/protocol.py", "if not (importer.binary and text)", "if True",
        ("tests/signals/test_recognised.py",), "a table whose first name is PAR1 is refused",
    ),
    Mutation(
        LIBRARY + "signals/beside.py", "begin = seconds - step * (0.5 + 1e-6)", "begin = seconds",
        ("tests/signals/test_beside.py",), "a channel beside lags by half a step",
    ),
    Mutation(
        LIBRARY + "signals/beside.py", "near = np.abs(times[nearest] - prepared.seconds) <= max(own, step)", "near = np.full(len(nearest), True)",
        ("tests/signals/test_beside.py",), "a channel beside goes on where it was not measured",
    ),
    Mutation(
        LIBRARY + "signals/states.py", "if label.text != usual)", "if label.text)",
        ("tests/signals", "tests/server/storage/test_uploads.py"), "the usual state of a marker is an event too",
    ),
    Mutation(
        LIBRARY + "signals/arrivals.py", "if number < self.next or number in self._waiting:", "if number < self.next:",
        ("tests/signals/test_arrivals.py",), "a sample that came twice while it waited is counted as new",
    ),
    Mutation(
        SERVER + "sessions/inlet.py", "if len(values) > self.room:", "if len(values) > self.queue:",
        ("tests/server/sessions/test_inlet.py",), "a full queue takes more and grows without end",
    ),
    Mutation(
        SERVER + "sessions/inlet.py", "return max(self.grace, 10 * period) - (now - self._seen)", "return self.grace - (now - self._seen)",
        ("tests/server/sessions/test_inlet.py",), "a source of one sample a minute counts as lost",
    ),
    Mutation(
        SERVER + "access/feeding.py", "hmac.compare_digest(key.encode(), self.key(found[1]).encode())", "bool(key)",
        ("tests/server/http/test_samples.py", "tests/server/access"), "any key feeds anybody's session",
    ),
    Mutation(
        SERVER + "storage/watched.py", "return self[:2] == before[:2] and self.size >= before.size", "return self.size >= before.size",
        ("tests/server/storage/test_watched.py",), "another file of the same name is taken for the one that was proved",
    ),
    Mutation(
        SERVER + "storage/watched.py", "if stat.S_ISREG(facts.st_mode):", "if True:",
        ("tests/server/storage/test_watched.py",), "a pipe in the watched folder holds up all that is in it",
    ),
    Mutation(
        SERVER + "sessions/measurements.py", 'if status != "ended" and len(earlier["measured"]) > len(measurement.known["measured"]):', "if False:",
        ("tests/server/http/test_retention.py::test_whoever_stops_one_keeps_what_it_has", "tests/server/sessions/test_measurements.py"),
        "measuring again and stopping at once throws away what was measured before",
    ),
    Mutation(
        PAGE + "stage/text/reads.ts", "if (shareWithin(row, right - 1, right + 1) >= HALF)", "if (segment === asked && shareWithin(row, right - 1, right + 1) >= HALF)",
        ("src/stage/text/reads.test.ts",), "the last moment of a replay is said not to be read back",
    ),
    Mutation(
        PAGE + "draw/stage/layout.ts", "if (notch < 0 && window.step * steps <= box.time.w) return window;", "",
        ("src/draw/draw.test.ts",), "a run is zoomed beyond its end",
    ),
    Mutation(
        PAGE + "new_run/new_run.svelte.ts", "if (turn !== this.arranging ||", "if (",
        ("src/new_run/new_run.test.ts",), "of a drag an older answer overtakes the newest",
    ),
    Mutation(
        PAGE + "new_run/file/brush.ts", "return x1 - x0 < NARROW ? [x0 - OUTSIDE, x1 + OUTSIDE] : [x0, x1];", "return [x0, x1];",
        ("src/new_run/file/brush.test.ts",), "a narrow window cannot be grabbed",
    ),
    Mutation(
        PAGE + "stage/verdict/cue.ts", 'if (asks && asks.label !== "" && asks.label !== "recall") {', "if (asks && false) {",
        ("src/stage/verdict/verdict.test.ts",), "a forecast is said to be asked back",
    ),
    Mutation(
        LIBRARY + "measuring/verdict/clauses.py", "if before - later.share - left > SEVERAL:", "if left > SEVERAL:",
        ("tests/measuring/test_verdict.py",), "what is left is said although it is what one overwriting left over",
    ),
    Mutation(
        LIBRARY + "measuring/verdict/clauses.py", "if held.sum() < GONE:", "if held.sum() < 0:",
        ("tests/measuring/test_verdict.py",), "a clause about a write that is gone shows a slot that holds nothing of it",
    ),
    Mutation(
        LIBRARY + "measuring/verdict/judge.py", "and 2 * (t - recall.start) >= len(recall)]", "]",
        ("tests/measuring/test_verdict.py",), "the first card stops at the start of a replay, before any error can show",
    ),
    Mutation(
        LIBRARY + "running/standing.py", 'row["level"] == LEVELS[-1]', 'row["level"] == LEVELS[0]',
        ("tests/running/test_standing.py",), "New run says how long a replay is exact as how long there is one",
    ),
    Mutation(
        LIBRARY + "engine/trace.py", "if number in self._stale:", "if False:",
        ("tests/engine/test_operations.py",), "an engine that reads memory that was changed in place computes wrong numbers",
    ),
    Mutation(
        LIBRARY + "engine/cache.py", "EMITTER, str(torch.__version__), _sources()]", "EMITTER, str(torch.__version__)]",
        ("tests/running/test_recorded_step.py",), "a model whose step was changed runs as it was before",
    ),
    Mutation(
        LIBRARY + "running/recorded_step.py", 'raise Unsupported("the engine and torch do not agree")', "pass",
        ("tests/running/test_recorded_step.py",), "an engine that is wrong on this machine is used all the same",
    ),
    Mutation(
        SERVER + "access/guard.py", "if not self.here_alone or not any(name in headers for name in FORWARDING):", "if not self.here_alone:",
        ("tests/server/access/test_guard.py",), "a server for this machine alone refuses its own page",
    ),
    Mutation(
        SERVER + "access/guesses.py", "if count >= MAX_MISSES else 0", "if count > 10 * MAX_MISSES else 0",
        ("tests/server/access/test_guesses.py",), "tokens can be guessed ten times as fast",
    ),
    Mutation(
        SERVER + "access/guesses.py", "(began, count) if now - began < MISSES_SECONDS else (now, 0)", "(began, count)",
        ("tests/server/access/test_guesses.py",), "whoever was wrong too often is refused for ever",
    ),
    Mutation(
        SERVER + "background.py", "pause = min(2 * pause, MAX_PAUSE)", "pause = 2 * pause",
        ("tests/server/test_background.py",), "work that failed for a day is tried again in a week",
    ),
    Mutation(
        SERVER + "storage/recovery.py", "if row.bytes != facts.st_size or (row.modified and row.modified != facts.st_mtime_ns):", "if row.bytes != facts.st_size:",
        ("tests/server/storage/test_fsck.py",), "a file of the same size that replaced another keeps the other's row",
    ),
    Mutation(
        SERVER + "workers/run.py", "require_space(self.path.parent, reserve=self._reserve)", "require_space(self.path.parent, reserve=0)",
        ("tests/server/workers/test_run.py",), "a run fills the disk to its last byte",
    ),
    Mutation(
        PAGE + "stage/viewport.svelte.ts", "const spare = box.time.w / window.step - (t - a + 1);", "const spare = box.time.w / window.step;",
        ("src/stage/viewport.test.ts",), "what a clause is about stays beyond the picture's edge",
    ),
    Mutation(
        PAGE + "draw/stage/arc_labels.ts", "return members.every((other) => other.sum && other.hue !== hue) && members.some(near);", "return members.some(near);",
        ("src/draw/stage/arc_labels.test.ts",), "two reads of one model share a label that gives one number for both",
    ),
    Mutation(
        PAGE + "draw/stage/arc_labels.ts", "[...labels].sort((a, b) => b.size - a.size)", "[...labels]",
        ("src/draw/stage/arc_labels.test.ts",), "the label of a faint arc stands where that of the strongest should",
    ),
    Mutation(
        PAGE + "new_run/marks.ts", "step >= store.until);", "step >= store.step);",
        ("src/new_run/marks.test.ts",), "a question before the end of what is stored counts as its replay",
    ),
    Mutation(
        PAGE + "verdict/words.ts", 'return text.replace(/\\bt = (?=\\d)/g, "t\\u00a0=\\u00a0");', "return text;",
        ("src/verdict/verdict.test.ts",), "a moment is broken over two lines",
    ),
    Mutation(
        PAGE + "draw/ink/format.ts", '${many === 1 ? "" : "s"}`;', '${many <= 1 ? "" : "s"}`;',
        ("src/draw/ink/format.test.ts",), "the page says 0 step",
    ),
    Mutation(
        PAGE + "engine/engine.ts", "Math.max(freeFrom - first, 0)", "Math.max(freeFrom, 0)",
        ("src/engine/engine.test.ts",), "a free run in the page hears its own output too late",
    ),
    Mutation(
        PAGE + "engine/recompute.ts", "this.first ??= { step: this.steps + k, at };", "this.first ??= { step: k, at };",
        ("src/engine/engine.test.ts",), "a recomputation names a step of the chunk as one of the run",
    ),
    Mutation(
        PAGE + "engine/recomputed.ts", "      signal?.throwIfAborted();\n      const count", "      const count",
        ("src/engine/recomputed.test.ts",), "a model goes on being recomputed in a page that was left",
    ),
    Mutation(
        LIBRARY + "engine/package.py", " or engine.steps:", ":",
        ("tests/engine/test_package.py",), "an engine that has begun is packed without what its memory holds",
    ),
    Mutation(
        LIBRARY + "engine/reductions.py", 'unknown = Op("sub", (spread, spread))', "unknown = Const(0.0)",
        ("tests/engine/test_operations.py::test_a_norm_whose_spread_overflows_is_not_a_number",), "a model that meets infinity goes on as if nothing were",
    ),
    Mutation(
        LIBRARY + "engine/statements.py", "STRETCH = 256", "STRETCH = 1 << 24",
        ("tests/engine/test_growth.py::test_sums_over_many_steps_are_as_exact_as_over_few",), "reads of a long run of attention are recorded as what they were not",
    ),
    Mutation(
        SERVER + "http/held_file.py", "file.read(min(PIECE, stop - first))", "file.read(PIECE)",
        ("tests/server/http/test_held_file.py",), "more is sent of a file that grows than was announced",
    ),
    Mutation(
        SERVER + "http/engine.py", "if request.scope.get(GUEST):", "if False:",
        ("tests/server/http/test_engine.py",), "whoever has a link downloads the weights",
    ),
    Mutation(
        SERVER + "storage/spare_child.py", "return self._waiting is not None and self._waiting.returncode is None", "return self._waiting is not None",
        ("tests/server/storage/test_spare_child.py",), "a reader that died while it waited fails the next upload",
    ),
    Mutation(
        SERVER + "serving/connections.py", "for stage in (Stage.WAITING, Stage.RECEIVING):", "for stage in Stage:",
        ("tests/server/serving/test_connections.py",), "strangers displace whoever watches",
    ),
    Mutation(
        SERVER + "sessions/queue.py", "if ahead < free:", "if ahead <= free:",
        ("tests/server/sessions/test_queue.py",), "one more run than there are places",
    ),
    Mutation(
        SERVER + "storage/sweeping.py", "        if entry.id in pinned:\n            continue\n", "",
        ("tests/server/storage/test_sweeping.py",), "a pinned recording is swept away",
    ),
    # --- seeds, Ctrl-C, what is loaded late
    Mutation(
        LIBRARY + "checkpoints/store.py", "and seed[1] in there", "and seed[1] not in there",
        ("tests/checkpoints/test_seeds.py",), "every seed of a training is a model of its own on New run",
    ),
    Mutation(
        SERVER + "planning/retention.py", 'model["checkpoint"].split(",")[0]', 'model["checkpoint"].split(",")[-1]',
        ("tests/checkpoints/test_seeds.py",), "a recording of a delay is of another seed than its name says",
    ),
    Mutation(
        LIBRARY + "cli/interrupts.py", "if issubclass(lost.exc_type, KeyboardInterrupt):", "if False:",
        ("tests/cli/test_cli.py::test_ctrl_c_that_falls_into_a_finaliser_is_heard",), "one Ctrl-C in fifty is lost",
    ),
    Mutation(
        PAGE + "single.ts", 'import "./stage/inspector/SlotCard.svelte";\n', "",
        ("src/stage/late.test.ts",), "in an exported file pointing at a slot says nothing",
    ),
    Mutation(
        SERVER + "storage/blobs/parts.py", "if part[0] <= upto < part[1]:", "if upto < part[1]:",
        ("tests/server/storage/test_parts.py",), "a run goes on behind a gap in the bucket",
    ),
    Mutation(
        SERVER + "sessions/left.py", "if self.order is not None and self.order.growing is None:", "if self.order is not None:",
        ("tests/server/sessions/test_left.py",), "a run on a live source is begun again without what was sent",
    ),
    Mutation(
        SERVER + "sessions/parts_writer.py", "return entry is not None and not entry.blob", "return False",
        ("tests/server/sessions/test_parts_writer.py",), "the last copy of a run goes before its recording is in the bucket",
    ),
    Mutation(
        SERVER + "sessions/parts_writer.py", "self._upto[identity] = await asyncio.to_thread(self.parts.upto, identity)", "self._upto[identity] = 0",
        ("tests/server/sessions/test_parts_writer.py",), "who takes a run over puts all of it again",
    ),
    Mutation(
        SERVER + "sessions/rescue.py", "            if batch.first >= known:\n", "            if True:\n",
        ("tests/server/sessions/test_rescue.py",), "a run that overlaps memory and bucket cannot be rescued",
    ),
    Mutation(
        SERVER + "observing/probe.py", "return bool(done) and self._good", "return True",
        ("tests/server/observing/test_probe.py",), "/readyz is good while the bucket says nothing",
    ),
    Mutation(
        PAGE + "recording/wheel.ts", "url.hash = [...partsOf(url.hash), PART + encodeURIComponent(key)].join(\"&\");", "url.searchParams.set(NAME, key);",
        ("src/recording/wheel.test.ts",), "a proxy logs the key by which a run is driven",
    ),
    Mutation(
        SERVER + "storage/store.py", "if found is None and self.shelf is not None and noted(path):", "if found is None and self.shelf is None and noted(path):",
        ("tests/server/storage/test_shelf.py",), "a verdict that another server reached is said not to be there",
    ),
    Mutation(
        SERVER + "storage/store.py", "                self._unsaid.add(recording)\n", "                pass\n",
        ("tests/server/storage/test_shelf.py",), "a verdict that was reached while the bucket was away stays with one server",
    ),
    Mutation(
        SERVER + "storage/proof.py", "CHECK_SECONDS = 20.0 * CPU_SECONDS", "CHECK_SECONDS = 1.0 * CPU_SECONDS",
        ("tests/server/storage/test_brought.py",), "a long recording is refused because others use the machine",
    ),
    Mutation(
        SERVER + "sessions/elsewhere.py", "        session.wheel.seat = run.seat\n", "",
        ("tests/server/test_cluster.py::test_who_drives_a_run_is_known_wherever_they_come",), "through another web process everybody drives",
    ),
    Mutation(
        SERVER + "sessions/taking_over.py", "                session.wheel.seat = run.seat\n", "",
        ("tests/server/test_cluster.py::test_who_drives_a_run_is_known_when_its_web_process_and_its_engine_were_killed",), "a run that was taken over is everybody's to drive",
    ),
    Mutation(
        SERVER + "http/socket.py", "                await self.others.see_wheel(self.session)", "                pass",
        ("tests/server/test_cluster.py::test_who_drives_a_run_is_known_wherever_they_come",), "a wheel that was taken back through another web process still drives",
    ),
    Mutation(
        SERVER + "http/samples.py", 'session.live and not session.kept and session.manifest.get("open_ended")', "False",
        ("tests/server/test_cluster.py::test_samples_that_come_to_another_web_process_are_passed_on",), "an instrument is told that its run has no live source",
    ),
    Mutation(
        SERVER + "sessions/feeds.py", "inlet.take(samples.values, first=samples.first, times=samples.times)", "inlet.take(samples.values)",
        ("tests/server/test_cluster.py::test_samples_that_come_to_another_web_process_are_passed_on",), "samples that were passed on lose their numbers",
    ),
    Mutation(
        SERVER + "sessions/manager.py", "own.count(client) + self.others.runs_of(client) >=", "own.count(client) >=",
        ("tests/server/test_cluster.py::test_runs_of_an_address_count_on_all_web_processes",), "an address has as many places as there are servers times its share",
    ),
    Mutation(
        SERVER + "planning/fits.py", "    if known is None:\n        raise UnknownModel", "    if False:\n        raise UnknownModel",
        ("tests/server/http/test_api.py",), "fitting a checkpoint of a newer version is a server error",
    ),
    Mutation(
        SERVER + "services.py", 'MeasurementFiles(store.folder / "measurements", blobs)', 'MeasurementFiles(store.folder / "measurements")',
        ("tests/server/test_replicas.py",), "a link to a measurement opens on one server only",
    ),
    Mutation(
        SERVER + "workers/remote_host.py", "SILENT_SECONDS / 2 if self._life else None", "None",
        ("tests/server/workers/test_remote_host.py",), "runs of a machine that is only silent stand for more than a minute",
    ),
    Mutation(
        SERVER + "workers/remote_host.py", "if silent and not missed:", "if False:",
        ("tests/server/workers/test_remote_host.py",), "a web process that was stopped for a while ends all engines when it goes on",
    ),
    Mutation(
        SERVER + "workers/remote_host.py", "if self._given_up and report.life[:LIFE] == self._given_up:", "if False:",
        ("tests/server/workers/test_remote_host.py",), "an engine that was given up and is back mixes its old steps into a run",
    ),
    Mutation(
        SERVER + "workers/engine_actor.py", "        if life[:LIFE] == self.life:\n            os._exit(1)", "        os._exit(1)",
        ("tests/server/workers/test_remote_host.py",), "two servers that give an engine up end the one that follows, too",
    ),
    Mutation(
        LIBRARY + "signals/series.py", "    require_single(series.name, values, first=start)\n", "",
        ("tests/signals/test_series.py",), "a number that 32 bits do not hold ends a run without a word of it",
    ),
    Mutation(
        PAGE + "server/debounced.ts", "if (again) askIn(", "if (!again) askIn(",
        ("src/server/debounced.test.ts",), "Run stays grey after a proxy has changed over",
    ),
    Mutation(
        PAGE + "new_run/new_run.svelte.ts", "      if (again) return;\n", "",
        ("src/new_run/new_run.test.ts",), "a window is chosen without the suggestion since the server was away for a second",
    ),
    Mutation(
        SERVER + "storage/store.py", 'status="failed", steps=0, bytes=0, modified=0)', 'status="failed")',
        ("tests/server/storage/test_shelf.py::test_a_run_that_failed_with_its_server_is_said_to_be_lost_until_its_file_comes",),
        "a run that is lost is still with its server, for ever",
    ),
    Mutation(
        SERVER + "storage/store.py", 'entry.status == "failed" and not entry.blob and not entry.bytes', 'entry.status == "failed" and not entry.blob',
        ("tests/server/storage/test_shelf.py::test_a_run_that_failed_with_a_file_is_with_its_server_until_the_bucket_has_it",),
        "a failed run with a file is said to be lost while the bucket is away",
    ),
    Mutation(
        SERVER + "http/recordings.py", "with contextlib.suppress(LostRun):", "with contextlib.nullcontext():",
        ("tests/server/test_replicas.py::test_a_run_that_left_no_file_says_so_and_can_be_deleted",), "a lost run stays in the list for ever",
    ),
)  # fmt: skip
