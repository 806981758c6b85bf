import "./app.css";
import { mount } from "svelte";
import "./engine/recomputed"; // loaded when it is wanted elsewhere; a file has nowhere to load it from
import SingleFile from "./pages/SingleFile.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("the file has no #app element to draw into");
mount(SingleFile, { target });
