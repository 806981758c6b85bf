import { expect, it } from "vitest";
import { ODD_BEAT } from "../verdict/testverdict";
import { Verdicts } from "./verdicts.svelte";

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

it("asks for one verdict after another, for each once", async () => {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const verdicts = new Verdicts((id) => {
    asked.push(id);
    return new Promise((resolve, reject) =>
      answers.push(() => (id === "bad" ? reject(new Error("none")) : resolve({ ...ODD_BEAT, question: id }))),
    );
  });
  for (const id of ["a", "bad", "a"]) verdicts.wantAll([id]);
  verdicts.wantAll(["bad", "b"]);
  expect([asked, verdicts.of("a")]).toEqual([["a"], undefined]);
  answers[0]!();
  await settle();
  expect([asked, verdicts.of("a")?.question]).toEqual([["a", "bad"], "a"]);
  answers[1]!();
  await settle();
  expect([asked, verdicts.of("bad")]).toEqual([["a", "bad", "b"], null]);
  verdicts.wantAll(["a"]);
  verdicts.stop();
  answers[2]!();
  await settle();
  expect([asked, verdicts.of("b")]).toEqual([["a", "bad", "b"], undefined]);
});

it("asks first for what is looked at now", async () => {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const verdicts = new Verdicts((id) => {
    asked.push(id);
    return new Promise((resolve) => answers.push(() => resolve({ ...ODD_BEAT, question: id })));
  });
  verdicts.wantAll(["1", "2", "3", "4"]);
  verdicts.wantAll(["4", "1", "9"]); // the list after a search: the first is being asked for
  for (let n = 0; n < 5; n++) {
    answers[n]!();
    await settle();
  }
  expect(asked).toEqual(["1", "4", "9", "2", "3"]);
});
