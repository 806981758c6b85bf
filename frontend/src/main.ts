import "./app.css";
import { mount } from "svelte";
import App from "./pages/App.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app element to draw into");
mount(App, { target });
