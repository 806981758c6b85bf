import "./app.css";
import { mount } from "svelte";
// What is loaded elsewhere when it is wanted (stage/late.ts): a file has nowhere to load it from.
import "./engine/recomputed";
import "./memory/worker/spawn";
import "./stage/CopyReport.svelte";
import "./stage/StageNotices.svelte";
import "./stage/ExportMenu.svelte";
import "./stage/canvas/LaneMenu.svelte";
import "./stage/canvas/ReadMap.svelte";
import "./stage/commands/KeyHelp.svelte";
import "./stage/commands/Palette.svelte";
import "./stage/image_export";
import "./stage/inspector/FailureNote.svelte";
import "./stage/inspector/LinkMatrixCard.svelte";
import "./stage/inspector/MissingStepCard.svelte";
import "./stage/inspector/ModelCard.svelte";
import "./stage/inspector/MomentCard.svelte";
import "./stage/inspector/SelectionCard.svelte";
import "./stage/inspector/SimilarCard.svelte";
import "./stage/inspector/SlotCard.svelte";
import "./stage/source/SourceBar.svelte";
import "./stage/transport/TrainingScrubber.svelte";
import SingleFile from "./pages/SingleFile.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("the file has no #app element to draw into");
mount(SingleFile, { target });
